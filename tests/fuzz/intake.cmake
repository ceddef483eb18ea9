foreach(target conversion plan)
  sluice_fuzz(intake_${target}_fuzz
    SOURCES intake/${target}_fuzz.cpp
    DEPENDS sluice_intake
    PARTS daemon/intake/conversion.cpp daemon/intake/conversion_plan.cpp daemon/intake/money.cpp)
endforeach()
sluice_fuzz(intake_batch_frames_fuzz
  SOURCES intake/batch_frames_fuzz.cpp
  DEPENDS sluice_intake
  PARTS daemon/intake/batch_frames.cpp daemon/intake/source_cursor.cpp)
