#include "bundle/without_secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

namespace sluice::bundle {
namespace {

// By their ends: PWD, DB_PASSWORD, api-token.
constexpr std::array<std::string_view, 9> secret_names{
    "password", "passwd", "passphrase", "pwd", "secret", "token", "passwort", "pin", "credential"};
// What of a connection string says where to and how.
constexpr std::array<std::string_view, 22> told_of_connections{"driver",
                                                               "dsn",
                                                               "server",
                                                               "servername",
                                                               "host",
                                                               "hostaddr",
                                                               "port",
                                                               "database",
                                                               "dbname",
                                                               "db",
                                                               "uid",
                                                               "user",
                                                               "username",
                                                               "sslmode",
                                                               "sslrootcert",
                                                               "charset",
                                                               "encrypt",
                                                               "tds_version",
                                                               "connect_timeout",
                                                               "target_session_attrs",
                                                               "option",
                                                               "application_name"};

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_' || c == '-';
}

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return small;
}

bool is_secret(std::string_view name) {
  const std::string small = lower(name);
  return std::ranges::any_of(secret_names,
                             [&](std::string_view secret) { return small.ends_with(secret); });
}

// Where a value that begins at `at` ends: behind its closing quote or brace, else before `;`, `&`,
// a comma or a space.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (at < text.size() && (text[at] == '\'' || text[at] == '"' || text[at] == '{')) {
    const char closing = text[at] == '{' ? '}' : text[at];
    const std::size_t end = text.find(closing, at + 1);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  return std::min(text.find_first_of(";& \t\r\n,\"'", at), text.size());
}

// Of `name = value` that begins with the word at `at`: where the value begins.
std::optional<std::size_t> value_behind(std::string_view text, std::size_t end_of_name) {
  std::size_t at = text.find_first_not_of(" \t\"'", end_of_name);
  if (at == std::string_view::npos || (text[at] != '=' && text[at] != ':')) return std::nullopt;
  at = text.find_first_not_of(" \t", at + 1);
  return at == std::string_view::npos ? std::nullopt : std::optional(at);
}

std::string without_named_secrets(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      out += text[at++];
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word(text[end]))
      ++end;
    const std::string_view name = text.substr(at, end - at);
    const auto value = is_secret(name) ? value_behind(text, end) : std::nullopt;
    if (!value) {
      out += name;
      at = end;
      continue;
    }
    out += text.substr(at, *value - at);
    out += removed;
    at = end_of_value(text, *value);
  }
  return out;
}

// `scheme://user:password@host`: what stands before the last @. A password may have `/`, `?` and
// `#` in it that nobody wrote as %2F and the like, so an @ counts wherever it stands.
std::string without_user_information(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return out + std::string(text);
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n\"'", begin), text.size());
    const std::string_view address = text.substr(begin, end - begin);
    const std::size_t at = address.rfind('@');
    out += text.substr(0, begin);
    if (at == std::string_view::npos) {
      text.remove_prefix(begin);
      continue;
    }
    out += removed;
    // An @ in `?name=value` may be one of a secret, which goes on behind it.
    const std::size_t question = address.find('?');
    const bool is_in_query = question < at && address.find('=', question) < at;
    text.remove_prefix(is_in_query ? end : begin + at);
  }
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Nothing where it is no list of `name=value`.
std::optional<Pairs> pairs_of(std::string_view connection, std::string_view separators) {
  Pairs pairs;
  for (std::size_t at = 0;;) {
    at = connection.find_first_not_of(separators, at);
    if (at == std::string_view::npos) return pairs;
    const std::size_t equals = connection.find('=', at);
    if (equals == std::string_view::npos) return std::nullopt;
    std::string_view name = connection.substr(at, equals - at);
    while (name.ends_with(' '))
      name.remove_suffix(1);
    if (name.empty() || !std::ranges::all_of(name, is_word)) return std::nullopt;
    const std::size_t value = equals + 1;
    std::size_t end = value;
    if (value < connection.size() && (connection[value] == '{' || connection[value] == '\'')) {
      end = end_of_value(connection, value);
      // A doubled brace, or an escaped quote, is part of the value: so far nobody is told.
      end = std::min(connection.find_first_of(separators, end), connection.size());
    } else {
      end = std::min(connection.find_first_of(separators, value), connection.size());
    }
    pairs.emplace_back(lower(name), connection.substr(value, end - value));
    at = end;
  }
}

// Where the quote that begins at `at` ends, behind its mark; nothing: it does not.
std::optional<std::size_t> end_of_quote(std::string_view text, std::size_t at,
                                        std::string_view closing) {
  for (std::size_t end = text.find(closing, at); end != std::string_view::npos;
       end = text.find(closing, end + closing.size())) {
    const std::size_t behind = end + closing.size();
    // `'it''s'` and `'don't'` go on.
    const bool goes_on = closing.size() == 1 && behind < text.size() &&
                         (is_word(text[behind]) || text[behind] == closing[0]);
    if (!goes_on) return behind;
    if (text[behind] == closing[0]) ++end;
  }
  return std::nullopt;
}

// Where the parenthesis that was opened before `at` ends, behind it, those within it counted;
// nothing: it does not. One more than were opened is its end: those before were of the value.
std::optional<std::size_t> end_of_parenthesis(std::string_view text, std::size_t at) {
  std::optional<std::size_t> end;
  std::size_t within = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '(') ++within;
    if (text[at] != ')') continue;
    const bool goes_on = at + 1 < text.size() && is_word(text[at + 1]);
    if (within > 0) {
      --within;
    } else if (!goes_on) {
      end = at + 1;
    }
  }
  return end;
}

struct Quote {
  std::string_view opening;
  std::string_view closing;
};
constexpr std::array quotes{Quote{"\\\"", "\\\""}, Quote{"\"", "\""},  Quote{"'", "'"},
                            Quote{"`", "`"},       Quote{"“", "”"},    Quote{"‘", "’"},
                            Quote{"「", "」"},     Quote{"«", "»"},    Quote{"=(", ")"},
                            Quote{"(value ", ")"}, Quote{"is (", ")"}, Quote{"contains (", ")"}};

const Quote* quote_at(std::string_view text, std::size_t at, Quoting quoting) {
  for (const Quote& quote : quotes) {
    if (quote.opening == "\"" && quoting == Quoting::log_line) continue;
    if (!text.substr(at).starts_with(quote.opening)) continue;
    const bool is_in_word = at > 0 && is_word(text[at - 1]);
    // `this (` is none.
    if (is_in_word && quote.opening.ends_with(" (")) continue;
    const bool is_apostrophe =
        quote.opening == "'" && is_in_word && at + 1 < text.size() && is_word(text[at + 1]);
    return is_apostrophe ? nullptr : &quote;
  }
  return nullptr;
}

}  // namespace

std::string without_credentials(std::string_view text) {
  return without_named_secrets(without_user_information(text));
}

std::string without_credentials_of_connection(std::string_view connection) {
  if (connection.find("://") != std::string_view::npos) {
    // A password may have these in it, too.
    if (connection.find_first_of(" \t\r\n\"'") != std::string_view::npos) {
      return std::string(removed);
    }
    const std::string address = without_user_information(connection);
    const std::size_t question = address.find('?');
    return without_named_secrets(std::string_view(address).substr(0, question)) +
           (question == std::string::npos ? "" : "?" + std::string(removed));
  }
  const bool is_odbc = connection.find(';') != std::string_view::npos;
  const auto pairs = pairs_of(connection, is_odbc ? ";" : " \t");
  if (!pairs) return std::string(removed);
  std::string told;
  for (const auto& [name, value] : *pairs) {
    const bool is_told = std::ranges::find(told_of_connections, name) != told_of_connections.end();
    if (!told.empty()) told += is_odbc ? ";" : " ";
    told += name + "=" + (is_told ? value : std::string(removed));
  }
  return told;
}

std::string without_quotes(std::string_view text, Quoting quoting) {
  std::string out;
  const std::string safe = without_credentials(text);
  const std::string_view rest = safe;
  for (std::size_t at = 0; at < rest.size();) {
    const Quote* quote = quote_at(rest, at, quoting);
    if (quote == nullptr) {
      out += rest[at++];
      continue;
    }
    // A log has an event a line; in a sentence a record may have brought the line feed along.
    const std::size_t most =
        quoting == Quoting::log_line ? std::min(rest.find('\n', at), rest.size()) : rest.size();
    const std::string_view text_of_quote = rest.substr(0, most);
    const std::size_t begin = at + quote->opening.size();
    const auto end = quote->closing == ")" ? end_of_parenthesis(text_of_quote, begin)
                                           : end_of_quote(text_of_quote, begin, quote->closing);
    out += quote->opening;
    out += "…";
    if (end) out += quote->closing;
    at = end.value_or(most);
  }
  return out;
}

}  // namespace sluice::bundle
