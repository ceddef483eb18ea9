add_library(store_homes STATIC
  store_batches.cpp store_homes.cpp ${PROJECT_SOURCE_DIR}/tests/held_port.cpp
  ${PROJECT_SOURCE_DIR}/tests/postgresql_cluster.cpp ${PROJECT_SOURCE_DIR}/tests/server_process.cpp)
target_link_libraries(store_homes PUBLIC
  sluice_store_sqlite sluice_store_postgresql sluice_sqlite PostgreSQL::PostgreSQL fmt::fmt)
target_include_directories(store_homes PUBLIC ${PROJECT_SOURCE_DIR}/tests)

sluice_test(store_conformance_test
  SOURCES store_test.cpp store_digests_test.cpp store_history_test.cpp store_rejection_test.cpp store_evolution_test.cpp
  DEPENDS store_homes
  LABELS store
  TIMEOUT 600)

sluice_test(store_postgresql_test
  SOURCES store_postgresql_test.cpp store_tcp_proxy.cpp
  DEPENDS store_homes
  LABELS store
  TIMEOUT 900)
