// Takes out of a text what must not leave a node: passwords, and values of records. Where it can
// not tell, it takes out too much.
#pragma once

#include <string>
#include <string_view>

namespace sluice::bundle {

// Stands where something was taken out.
inline constexpr std::string_view removed = "(removed)";

// Without what stands between `://` and the last @ of an address, and behind `password=`, `PWD=`
// and the like, up to the next separator.
[[nodiscard]] std::string without_credentials(std::string_view text);

// A connection string (ODBC's `Name=value;…`, libpq's `name=value …` or an address): of it only
// what says where to and how, such as Driver, Server and dbname. Whole removed where it is none of
// these.
[[nodiscard]] std::string without_credentials_of_connection(std::string_view connection);

// Of a sentence in a log, a status or a run: without what stands in quotes of any kind, behind
// `=(` as PostgreSQL quotes keys, and behind `(value `, `is (` and `contains (`, since a database
// or a driver may quote a record there. Without credentials, too. An apostrophe within a word
// begins no quote; a quote that does not end takes the rest of the text along, of a log that of its
// line.
enum class Quoting {
  sentence,
  log_line,  // logfmt: a value stands in `"`, and a quote within it in `\"`
};
[[nodiscard]] std::string without_quotes(std::string_view text,
                                         Quoting quoting = Quoting::sentence);

}  // namespace sluice::bundle
