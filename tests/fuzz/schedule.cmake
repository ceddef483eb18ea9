sluice_fuzz(schedule_fuzz SOURCES schedule/schedule_fuzz.cpp DEPENDS sluice_schedule)
