# Front-end docking against real databases: each way of capture with each of them.
set(directory ${CMAKE_CURRENT_LIST_DIR}/front_end)
sluice_test_library(exchange_homes
  SOURCES ${directory}/exchange_homes.cpp
  DEPENDS test_database_servers sluice_odbc)

sluice_test(front_end_conformance
  SOURCES ${directory}/access_test.cpp ${directory}/bad_table_test.cpp ${directory}/bureau_system.cpp
          ${directory}/capture_test.cpp ${directory}/change_log_test.cpp ${directory}/crowd_test.cpp
          ${directory}/delete_guard_test.cpp ${directory}/drift_test.cpp ${directory}/false_server.cpp
          ${directory}/gb18030_driver_test.cpp ${directory}/key_test.cpp ${directory}/look_up_test.cpp
          ${directory}/outage_test.cpp ${directory}/snapshot_base_test.cpp ${directory}/snapshot_test.cpp
          ${directory}/table_memory_test.cpp ${directory}/value_test.cpp
  DEPENDS exchange_homes sluice_adapters_front_end sluice_intake
  LABELS conformance
  SHARDS 2
  TIMEOUT 1200)

# As systemd, cron and containers start a program: nothing says which encoding text is in, so the drivers must not ask.
add_test(NAME front_end_without_locale
  COMMAND env -i $<TARGET_FILE:front_end_conformance> --gtest_filter=*ValueConformance*:*HostileNames*)
set_tests_properties(front_end_without_locale PROPERTIES LABELS conformance TIMEOUT 300)
