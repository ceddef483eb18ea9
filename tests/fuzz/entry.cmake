set(form_parts
  adapters/adapter.cpp
  adapters/manual_entry/form_collector.cpp
  adapters/manual_entry/keyed_form.cpp
  daemon/entry/characters.cpp
  daemon/entry/code_table.cpp
  daemon/entry/comparison.cpp
  daemon/entry/form.cpp
  daemon/entry/form_checker.cpp
  daemon/entry/pinyin.cpp
  daemon/entry/shown_number.cpp
  daemon/intake/call_intake.cpp
  daemon/intake/conversion.cpp
  daemon/intake/conversion_plan.cpp
  daemon/intake/money.cpp
  daemon/journal/source_places.cpp)
sluice_fuzz(entry_form_fuzz
  SOURCES entry/form_fuzz.cpp
  DEPENDS sluice_entry
  PARTS ${form_parts}
  RUNS 20000)
sluice_fuzz(entry_draft_sheet_fuzz
  SOURCES entry/draft_sheet_fuzz.cpp
  DEPENDS sluice_entry
  PARTS daemon/entry/draft_sheet.cpp ${form_parts}
  WITH sluice_adapters_disk
  RUNS 5000)  # each makes the buffers of two files
foreach(target entry_form_fuzz entry_draft_sheet_fuzz)
  target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/daemon/entry/generated)
endforeach()
