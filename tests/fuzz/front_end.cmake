foreach(target connection_string narrow_text told_value)
  sluice_fuzz(front_end_${target}_fuzz SOURCES front_end/${target}_fuzz.cpp DEPENDS sluice_odbc)
endforeach()
foreach(target digest_file position)
  sluice_fuzz(front_end_${target}_fuzz
    SOURCES front_end/${target}_fuzz.cpp DEPENDS sluice_adapters_front_end)
endforeach()
