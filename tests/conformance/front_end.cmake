# Front-end docking against real databases: each way of capture with each of them.
set(directory ${CMAKE_CURRENT_LIST_DIR}/front_end)
add_library(exchange_homes STATIC
  ${directory}/exchange_homes.cpp
  ${PROJECT_SOURCE_DIR}/tests/held_port.cpp
  ${PROJECT_SOURCE_DIR}/tests/mariadb_server.cpp
  ${PROJECT_SOURCE_DIR}/tests/postgresql_cluster.cpp
  ${PROJECT_SOURCE_DIR}/tests/server_process.cpp)
target_include_directories(exchange_homes PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(exchange_homes PUBLIC sluice_build sluice_odbc PostgreSQL::PostgreSQL GTest::gtest)

sluice_test(front_end_conformance
  SOURCES ${directory}/access_test.cpp ${directory}/bad_table_test.cpp ${directory}/bureau_system.cpp
          ${directory}/capture_test.cpp ${directory}/drift_test.cpp ${directory}/false_server.cpp
          ${directory}/gb18030_driver_test.cpp ${directory}/key_test.cpp ${directory}/outage_test.cpp
          ${directory}/snapshot_test.cpp ${directory}/value_test.cpp
  DEPENDS exchange_homes sluice_adapters_front_end sluice_intake
  LABELS conformance
  TIMEOUT 1200)
