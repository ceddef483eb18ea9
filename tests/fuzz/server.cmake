sluice_fuzz(fuzz_request_guard
  SOURCES request_guard_fuzz.cpp
  DEPENDS sluice_server
  PARTS daemon/server/chunked_body.cpp daemon/server/refusal.cpp daemon/server/request.cpp
    daemon/server/request_guard.cpp daemon/server/request_target.cpp)
