foreach(target batch_file check_line copy_text manifest payload receipt signature value_syntax)
  sluice_fuzz(record_${target}_fuzz SOURCES record/${target}_fuzz.cpp DEPENDS sluice_record)
endforeach()
