# The suite that every CentralDigests passes.
sluice_test(digests_conformance
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/digests_test.cpp
    ${PROJECT_SOURCE_DIR}/tests/development_ca.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/record/test_authority.cpp
    ${PROJECT_SOURCE_DIR}/tests/unit/server/running_server.cpp
  DEPENDS sluice_exchange_endpoint sluice_reconciliation sluice_store_sqlite
  LABELS conformance)
