# The suite that every Deliverer passes. A new one adds one line here: its receiver and its target.
set(deliverers
  deliverer/clerks.cpp sluice_clerks
)
set(sources ${deliverers})
list(FILTER sources INCLUDE REGEX "\\.cpp$")
set(targets ${deliverers})
list(FILTER targets EXCLUDE REGEX "\\.cpp$")
list(TRANSFORM sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
sluice_test(deliverer_conformance
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/deliverer/deliverer_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/deliverer/clerks_cut_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/store_tcp_proxy.cpp ${sources}
  DEPENDS tasks_homes ${targets}
  LABELS conformance)
