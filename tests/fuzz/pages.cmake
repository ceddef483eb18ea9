sluice_fuzz(pages_original_fuzz
  SOURCES pages/original_fuzz.cpp
  DEPENDS sluice_pages_view
  PARTS daemon/pages/view/language_choice.cpp daemon/pages/view/original.cpp daemon/pages/view/texts.cpp
        daemon/pages/view/visible.cpp)
sluice_fuzz(pages_form_fuzz
  SOURCES pages/form_fuzz.cpp
  DEPENDS sluice_pages
  PARTS daemon/pages/cookie.cpp daemon/pages/form.cpp)
sluice_fuzz(pages_multipart_fuzz
  SOURCES pages/multipart_fuzz.cpp
  DEPENDS sluice_pages
  PARTS daemon/pages/form.cpp daemon/pages/multipart.cpp)
