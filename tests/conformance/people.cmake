# The suite that every way of keeping people passes, and what only a server can do to one. A new way
# is one line in people_kinds() (people_homes.cpp).
sluice_test_library(people_homes
  SOURCES people_homes.cpp
  DEPENDS test_database_servers sluice_people_sqlite sluice_people_postgresql sluice_sqlite)

sluice_test(people_conformance
  SOURCES people_test.cpp people_sessions_test.cpp people_postgresql_test.cpp people_sqlite_test.cpp
    store_tcp_proxy.cpp
  DEPENDS people_homes sluice_store_postgresql
  LABELS conformance)
target_compile_definitions(people_conformance PRIVATE SLUICE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
