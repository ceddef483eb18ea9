set(narrow_text_parts adapters/front_end/odbc/utf16.cpp)
foreach(target connection_string narrow_text told_value)
  sluice_fuzz(front_end_${target}_fuzz
    SOURCES front_end/${target}_fuzz.cpp
    DEPENDS sluice_odbc
    PARTS adapters/front_end/odbc/${target}.cpp ${${target}_parts}
    WITH date::date-tz)
endforeach()
set(digest_file_parts adapters/front_end/durable_file.cpp daemon/files/sync.cpp)
foreach(target digest_file position)
  sluice_fuzz(front_end_${target}_fuzz
    SOURCES front_end/${target}_fuzz.cpp
    DEPENDS sluice_adapters_front_end
    PARTS adapters/front_end/${target}.cpp ${${target}_parts})
endforeach()
