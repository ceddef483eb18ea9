sluice_test_library(store_homes
  SOURCES store_batches.cpp store_homes.cpp
  DEPENDS test_database_servers sluice_store_sqlite sluice_store_postgresql sluice_sqlite)

sluice_test(store_conformance_test
  SOURCES store_checkpoints_test.cpp store_digests_test.cpp store_evolution_test.cpp
    store_find_test.cpp store_held_test.cpp store_history_test.cpp store_ledger_test.cpp
    store_migration_test.cpp store_number_test.cpp store_rejection_test.cpp store_schemas_test.cpp
    store_tampering_test.cpp store_test.cpp store_version_schemas_test.cpp store_versions_test.cpp
  DEPENDS store_homes sluice_exchange
  LABELS store
  TIMEOUT 600)

sluice_test(store_postgresql_test
  SOURCES store_postgresql_test.cpp store_postgresql_doubt_test.cpp store_postgresql_tls_test.cpp
    store_postgresql_migrating_test.cpp store_postgresql_waiting_test.cpp store_tcp_proxy.cpp
  DEPENDS store_homes test_authorities sluice_postgresql
  LABELS store
  TIMEOUT 900)

sluice_test(replay_conformance_test
  SOURCES replay_test.cpp replay_doubt_test.cpp replay_held_test.cpp replay_migration_test.cpp
  DEPENDS store_homes sluice_exchange sluice_reconciliation sluice_settings
  LABELS store
  TIMEOUT 300)
