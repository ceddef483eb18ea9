sluice_fuzz(settings_document_fuzz
  SOURCES settings/document_fuzz.cpp
  DEPENDS sluice_settings
  PARTS daemon/settings/complaints.cpp daemon/settings/document.cpp daemon/settings/document_builder.cpp
  WITH yaml-cpp)
