sluice_fuzz(jobs_schedule_fuzz SOURCES jobs/schedule_fuzz.cpp DEPENDS sluice_schedule)
