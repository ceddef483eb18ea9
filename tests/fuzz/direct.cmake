foreach(form json ndjson)
  sluice_fuzz(direct_${form}_fuzz SOURCES direct_${form}_fuzz.cpp DEPENDS sluice_adapters_direct)
endforeach()
sluice_fuzz(direct_event_fuzz
  SOURCES direct_event_fuzz.cpp
  DEPENDS sluice_api
  PARTS daemon/api/event_headers.cpp daemon/server/request.cpp
  WITH sluice_adapters_direct)
