// The locale that ODBC drivers find. They turn wide characters into bytes by it: in the "C" locale
// SQLite's loses every name that is not ASCII, and PostgreSQL's every such value. To set it in the
// process is not enough: psqlODBC itself takes the environment's as it is loaded, and systemd, cron
// and containers have none in theirs. So each program that has this linked in has LC_ALL in its
// environment, whatever was there, from before main(): no thread can be reading it then.
#pragma once

namespace sluice::adapters::front_end::odbc {

// Takes the environment's, for drivers that only ask the process for it.
void take_locale_of_drivers();

}  // namespace sluice::adapters::front_end::odbc
