foreach(target conversion plan)
  sluice_fuzz(intake_${target}_fuzz
    SOURCES intake/${target}_fuzz.cpp
    DEPENDS sluice_intake
    PARTS daemon/intake/conversion.cpp daemon/intake/conversion_plan.cpp daemon/intake/money.cpp)
endforeach()
