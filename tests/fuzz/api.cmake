sluice_fuzz(api_task_request_fuzz
  SOURCES api/task_request_fuzz.cpp
  DEPENDS sluice_api
  PARTS daemon/api/task_request.cpp daemon/jobs/due_time.cpp daemon/people/characters.cpp
        daemon/people/sodium.cpp daemon/tasks/task.cpp
  WITH PkgConfig::sodium date::date-tz)
