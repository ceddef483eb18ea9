# The suite that every CentralDigests passes.
sluice_test(digests_conformance
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/digests_test.cpp
  DEPENDS test_http_server sluice_api sluice_edges_sqlite sluice_reconciliation sluice_store_sqlite
  LABELS conformance)
