# zstd and OpenSSL take their time with each input.
set(payload_runs 5000)
set(signature_runs 20000)
foreach(target batch_file canonical_schema check_line copy_text deferral manifest payload receipt signature value_syntax)
  sluice_fuzz(record_${target}_fuzz
    SOURCES record/${target}_fuzz.cpp
    DEPENDS sluice_record
    RUNS ${${target}_runs})
endforeach()
