#include "adapters/front_end/odbc/driver_locale.h"

#include <clocale>
#include <cstdlib>

namespace sluice::adapters::front_end::odbc {
namespace {

// Comes with the C library itself (libc-bin): it needs no package of locales.
constexpr const char* locale = "C.UTF-8";

[[gnu::constructor]] void set_environment() {
  ::setenv("LC_ALL", locale, 1);
}

}  // namespace

void take_locale_of_drivers() {
  std::setlocale(LC_CTYPE, locale);
}

}  // namespace sluice::adapters::front_end::odbc
