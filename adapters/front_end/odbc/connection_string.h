// ODBC connection strings, and what drivers must be told in them to behave.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/front_end/odbc/dialect.h"

namespace sluice::adapters::front_end::odbc {

// `DSN=exchange` or `host/database`: how a person knows the database. Nothing else of the string.
[[nodiscard]] std::string place_of(std::string_view connection);

// Whether it says which driver is meant, by itself or by a DSN.
[[nodiscard]] bool names_a_source(std::string_view connection);

// `;PWD={…}`, empty without a password.
[[nodiscard]] std::string password_part(std::string_view password);

// With the options that the driver needs, where the string does not say otherwise.
[[nodiscard]] std::string with_needed_options(const std::string& connection,
                                              std::string_view driver);

// Whether the driver, told this, brings a result as it is read, and does not keep all of it.
[[nodiscard]] bool streams(std::string_view connection, std::string_view driver);

// What is said to the database first: moments are to be told in UTC.
[[nodiscard]] std::vector<std::string> session_statements(const Dialect& dialect);

// The value of a keyword, whatever its case; empty where there is none.
[[nodiscard]] std::string value_of(std::string_view connection, std::string_view keyword);

}  // namespace sluice::adapters::front_end::odbc
