# The suite that every way of keeping tasks passes, what only a server can do to them, and many clerks
# at once. A new way is one line in tasks_kinds() (tasks_homes.cpp).
sluice_test_library(tasks_homes
  SOURCES tasks_homes.cpp
  DEPENDS people_homes sluice_tasks_sqlite sluice_tasks_postgresql)

sluice_test(tasks_conformance
  SOURCES tasks_test.cpp tasks_claim_test.cpp tasks_delivery_test.cpp tasks_format_test.cpp
    tasks_list_test.cpp tasks_postgresql_test.cpp tasks_sqlite_test.cpp store_tcp_proxy.cpp
    sync_counter.cpp
  DEPENDS tasks_homes
  LABELS conformance)
sluice_test(tasks_crowd
  SOURCES tasks_crowd_test.cpp
  DEPENDS tasks_homes
  LABELS conformance)
