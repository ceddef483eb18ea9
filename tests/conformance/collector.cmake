# The suite that every Collector passes. A new one adds one line here: its instance and its target.
set(collectors
  collector/direct_call.cpp sluice_adapters_direct
  collector/disk_csv.cpp sluice_adapters_disk
  collector/front_end_table.cpp sluice_adapters_front_end
  collector/keyed_forms.cpp sluice_adapters_manual_entry
)
set(sources ${collectors})
list(FILTER sources INCLUDE REGEX "\\.cpp$")
set(targets ${collectors})
list(FILTER targets EXCLUDE REGEX "\\.cpp$")
list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
sluice_test(collector_conformance
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/collector/collector_test.cpp ${sources}
  DEPENDS ${targets}
  LABELS conformance)
