# The suite that every Link passes. A new one adds one line here: its instance and its targets.
set(links
  link_local.cpp sluice_link_local sluice_store_sqlite
  link_https.cpp sluice_api sluice_edges_sqlite sluice_link_https
)
set(sources ${links})
list(FILTER sources INCLUDE REGEX "\\.cpp$")
set(targets ${links})
list(FILTER targets EXCLUDE REGEX "\\.cpp$")
list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
sluice_test(link_conformance
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/link_test.cpp
    ${sources}
  DEPENDS test_http_server ${targets}
  LABELS conformance)
