// Where each page is: the links in the pages and the routes that serve them have one source.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::pages {

inline constexpr std::string_view overview_path = "/";
inline constexpr std::string_view sign_in_path = "/sign-in";
inline constexpr std::string_view certificate_sign_in_path = "/sign-in/certificate";
inline constexpr std::string_view sign_out_path = "/sign-out";
inline constexpr std::string_view password_path = "/password";
inline constexpr std::string_view language_path = "/language/";  // and "zh" or "en", ?to=PATH
inline constexpr std::string_view quarantine_path = "/quarantine";
inline constexpr std::string_view runs_path = "/runs";
inline constexpr std::string_view reconciliation_path = "/reconciliation";
inline constexpr std::string_view entry_path = "/entry";
inline constexpr std::string_view codes_path = "/entry/codes";
inline constexpr std::string_view sheet_path = "/entry/sheet";
inline constexpr std::string_view tasks_path = "/tasks";
inline constexpr std::string_view supervision_path = "/supervision";

// A part of a path or a value of a query as a URL may have it (RFC 3986: all but the unreserved).
[[nodiscard]] std::string percent_encoded(std::string_view text);

// Of ids, which are percent-encoded.
[[nodiscard]] std::string quarantine_path_of(std::string_view bureau);
[[nodiscard]] std::string quarantine_path_of(std::string_view bureau, std::int64_t entry);
[[nodiscard]] std::string runs_path_of(std::string_view bureau);
[[nodiscard]] std::string reconciliation_path_of(std::string_view bureau, std::string_view dataset);
[[nodiscard]] std::string entry_path_of(std::int64_t task);  // where a person works on it
[[nodiscard]] std::string task_path_of(std::int64_t task);   // where one reads what became of it
[[nodiscard]] std::string paper_path_of(std::string_view bureau, std::string_view dataset);
[[nodiscard]] std::string sheet_path_of(std::string_view bureau, std::string_view dataset);

}  // namespace sluice::pages
