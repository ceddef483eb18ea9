sluice_fuzz(edges_report_fuzz
  SOURCES edges/report_fuzz.cpp
  DEPENDS sluice_edges
  PARTS daemon/edges/quarantine_report.cpp daemon/journal/quarantine.cpp)
