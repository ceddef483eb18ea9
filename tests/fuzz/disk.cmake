sluice_fuzz(csv_fuzz
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/disk/csv_fuzz.cpp
  DEPENDS sluice_adapters_disk
  RUNS 5000)  # each makes the buffers of a whole file
sluice_fuzz(csv_frames_fuzz
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/disk/csv_frames_fuzz.cpp
  DEPENDS sluice_adapters_disk)
