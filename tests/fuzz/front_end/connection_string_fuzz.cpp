// A connection string as a person wrote it: what is added to it is found in it again.
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/front_end/odbc/connection_string.h"
#include "tests/fuzz/record/demand.h"

namespace {

using namespace sluice::adapters::front_end::odbc;
using sluice::fuzz::demand;

void try_password(std::string_view password) {
  const std::string part = password_part(password);
  demand(part.empty() == password.empty(), "no password, no part");
  if (password.empty()) return;
  constexpr std::string_view begin = ";PWD=";
  demand(part.starts_with(begin), "a password is an attribute of its own");
  demand(value_of("DSN=exchange" + part + ";Trailing=yes", "pwd") == part.substr(begin.size()),
         "a password does not end early, nor late");
  demand(value_of("DSN=exchange" + part + ";Trailing=yes", "Trailing") == "yes",
         "what is behind a password is read");
}

void try_string(const std::string& connection) {
  // Nothing can be put behind an open brace: such strings are refused with the configuration.
  if (value_of(connection + ";Trailing=yes", "Trailing") != "yes") return;
  for (const char* driver : {"psqlodbcw.so", "libmaodbc.so", "libsqlite3odbc.so"}) {
    const std::string whole = with_needed_options(connection, driver);
    demand(whole.starts_with(connection), "what a person wrote stays as it is");
    demand(with_needed_options(whole, driver) == whole, "nothing is added twice");
  }
  demand(with_needed_options(connection, "libsqlite3odbc.so") == connection,
         "a driver that needs nothing gets nothing");
  const std::string place = place_of(connection);
  demand(!place.empty(), "there is always a name for it");
  demand(place_of(connection + password_part(connection)) == place,
         "a place has nothing of a password in it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_password(text);
  try_string(std::string(text));
  return 0;
}
