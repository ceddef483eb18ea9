sluice_fuzz(api_task_request_fuzz
  SOURCES api/task_request_fuzz.cpp
  DEPENDS sluice_api)
