foreach(form json ndjson event)
  sluice_fuzz(direct_${form}_fuzz SOURCES direct_${form}_fuzz.cpp DEPENDS sluice_adapters_direct)
endforeach()
