sluice_fuzz(pki_request_fuzz
  SOURCES pki/request_fuzz.cpp
  DEPENDS sluice_pki
  PARTS daemon/pki/certificate_request.cpp daemon/pki/subject_name.cpp daemon/pki/written.cpp daemon/files/new_file.cpp
    daemon/files/sync.cpp
  WITH OpenSSL::Crypto
  RUNS 20000)
