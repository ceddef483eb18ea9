// Debian's package of psqlODBC switches the driver's log on for all its users (`CommLog=1` in
// /etc/odbcinst.ini), and no connection string switches it off: each process leaves a file in /tmp,
// which are 86,400 a day where a table is read every second. The driver asks libodbcinst for the
// setting; in our programs it asks here first, and hears that what the package chose is off. Any
// other value stays as it is: who wants the log sets `CommLog=2`.
#include <string_view>

#include <dlfcn.h>

// As <odbcinst.h> of unixODBC declares it.
extern "C" int SQLGetPrivateProfileString(const char* section, const char* entry,
                                          const char* otherwise, char* buffer, int size,
                                          const char* file);

namespace {

using Next = decltype(&SQLGetPrivateProfileString);

bool is_log_switch(std::string_view section, std::string_view entry) {
  return (section == "PostgreSQL Unicode" || section == "PostgreSQL ANSI") && entry == "CommLog";
}

}  // namespace

int SQLGetPrivateProfileString(const char* section, const char* entry, const char* otherwise,
                               char* buffer, int size, const char* file) {
  // dlsym() gives functions as objects; POSIX says that the cast is meant.
  static const auto next =
      reinterpret_cast<Next>(dlsym(RTLD_NEXT, "SQLGetPrivateProfileString"));  // NOLINT
  if (next == nullptr) return 0;
  const int length = next(section, entry, otherwise, buffer, size, file);
  if (length == 1 && section != nullptr && entry != nullptr && is_log_switch(section, entry)) {
    if (*buffer == '1') *buffer = '0';
  }
  return length;
}
