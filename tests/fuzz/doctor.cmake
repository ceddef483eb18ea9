sluice_fuzz(doctor_findings_fuzz
  SOURCES doctor/findings_fuzz.cpp
  DEPENDS sluice_doctor
  PARTS daemon/doctor/finding.cpp
  WITH sluice_boost
  RUNS 20000)
sluice_fuzz(doctor_recognition_fuzz
  SOURCES doctor/recognition_fuzz.cpp
  DEPENDS sluice_link_https
  PARTS daemon/link/https/whoami_call.cpp daemon/link/https/center_answer.cpp daemon/link/https/receipt_answer.cpp
  WITH sluice_boost OpenSSL::Crypto
  RUNS 20000)
