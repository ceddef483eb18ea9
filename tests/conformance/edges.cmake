# The suite that every way of keeping what edges told passes, and what only a server or a file can do to
# it. A new way is one line in reports_kinds() (edges_test.cpp).
sluice_test(edges_conformance
  SOURCES edges_test.cpp
  DEPENDS people_homes sluice_edges_sqlite sluice_edges_postgresql
  LABELS conformance)
