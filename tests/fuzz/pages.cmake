sluice_fuzz(pages_original_fuzz
  SOURCES pages/original_fuzz.cpp
  DEPENDS sluice_pages
  PARTS daemon/pages/language_choice.cpp daemon/pages/original.cpp daemon/pages/texts.cpp
        daemon/pages/visible.cpp)
