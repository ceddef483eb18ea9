// What the process says that looked at a database, with a vendor's driver in it: what is understood
// is written as it was read.
#include <cstdint>
#include <string_view>

#include "doctor/finding.h"
#include "tests/fuzz/record/demand.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  const auto findings = doctor::parse_findings({reinterpret_cast<const char*>(data), size});
  if (!findings) return 0;
  fuzz::demand(doctor::parse_findings(doctor::to_json(*findings)) == *findings,
               "findings are read as they are written");
  return 0;
}
