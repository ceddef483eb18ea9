#include "bundle/told_configuration.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <system_error>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "bundle/embedded_file.h"
#include "bundle/without_secrets.h"
#include "settings/document.h"

namespace sluice::bundle {
namespace {

// Below these stand values that records have, or may have.
constexpr std::array<std::string_view, 9> of_records{"constant",      "codes",    "missing",
                                                     "enum",          "examples", "example",
                                                     "missingValues", "default",  "const"};

void add_properties(const boost::json::value& schema, std::set<std::string>& names) {
  if (const auto* array = schema.if_array()) {
    for (const auto& each : *array)
      add_properties(each, names);
  }
  const auto* object = schema.if_object();
  if (object == nullptr) return;
  for (const auto& [key, value] : *object) {
    if (key == "properties" && value.is_object()) {
      for (const auto& property : value.get_object())
        names.emplace(property.key());
    }
    add_properties(value, names);
  }
}

std::set<std::string> names_of_settings() {
  std::set<std::string> names;
  for (const EmbeddedFile& file : embedded_files())
    add_properties(boost::json::parse(file.bytes), names);
  return names;
}

// Whether a file with a secret is to be named here. A front-end's `key` are columns.
bool names_secret_file(std::string_view path) {
  return path.ends_with("password_file") || path == "identity.key" || path == "pages.key";
}

// Writes a value and all below it.
class Teller {
 public:
  Teller(ConfigurationFile kind, const std::filesystem::path& directory)
      : kind_(kind),
        directory_(directory),
        known_(kind == ConfigurationFile::settings ? names_of_settings()
                                                   : std::set<std::string>()) {}

  void tell(const settings::Value& value, const std::string& path, const std::string& key,
            bool is_removed) {
    using Kind = settings::Value::Kind;
    if (value.kind == Kind::map) {
      for (const settings::Member& member : value.members)
        tell_member(member, path, is_removed);
      if (!value.members.empty()) return;
    }
    if (value.kind == Kind::list) {
      for (std::size_t i = 0; i < value.items.size(); ++i)
        tell(value.items[i], fmt::format("{}[{}]", path, i), key, is_removed);
      if (!value.items.empty()) return;
    }
    text_ += fmt::format("{}:{}  {} = {}\n", value.place.line, value.place.column,
                         path.empty() ? "." : path,
                         shown(value, key, is_removed || is_no_secret_file(value, path)));
  }

  std::string take() { return std::move(text_); }

 private:
  void tell_member(const settings::Member& member, const std::string& path, bool is_removed) {
    const bool is_of_records = std::ranges::find(of_records, member.key) != of_records.end();
    const bool is_known = kind_ == ConfigurationFile::schema || known_.contains(member.key);
    // The key itself may be a value: of a table of codes, of a secret in a wrong place.
    const std::string name =
        is_removed || !is_known ? std::string(removed) : without_credentials(member.key);
    tell(member.value, path.empty() ? name : path + "." + name, member.key,
         is_removed || is_of_records || !is_known);
  }

  // Where a file with a secret is to be named, somebody may have put the secret itself.
  [[nodiscard]] bool is_no_secret_file(const settings::Value& value,
                                       const std::string& path) const {
    const bool is_asked = kind_ == ConfigurationFile::settings && value.is_scalar() &&
                          names_secret_file(path.substr(0, path.find('[', path.rfind('.') + 1)));
    std::error_code error;
    return is_asked && !std::filesystem::is_regular_file(directory_ / value.text, error);
  }

  [[nodiscard]] std::string shown(const settings::Value& value, const std::string& key,
                                  bool is_removed) const {
    if (value.kind == settings::Value::Kind::map) return "{}";
    if (value.kind == settings::Value::Kind::list) return "[]";
    if (value.kind == settings::Value::Kind::nothing) return "";
    // A quote that is not closed may have taken other keys, and their values, with it; behind a
    // full-width colon, which YAML takes for a letter, may stand what is a value to its writer.
    const bool has_keys =
        kind_ == ConfigurationFile::settings &&
        (value.text.find(": ") != std::string::npos || value.text.find("：") != std::string::npos);
    if (is_removed || has_keys) return std::string(removed);
    std::string text = key == "connection" ? without_credentials_of_connection(value.text)
                                           : without_credentials(value.text);
    std::ranges::replace(text, '\n', ' ');
    return text;
  }

  ConfigurationFile kind_;
  const std::filesystem::path& directory_;
  std::set<std::string> known_;
  std::string text_;
};

}  // namespace

std::expected<std::string, std::string> told_configuration(const std::filesystem::path& directory,
                                                           const std::string& file,
                                                           ConfigurationFile kind) {
  settings::Complaints complaints(directory / file);
  const auto document = settings::read_document(complaints);
  if (!document) {
    const auto why = complaints.take();
    // What was found there is a piece of the file.
    return std::unexpected(why.empty() ? std::string("it can not be read")
                                       : fmt::format("{}:{}: expected {}", why.front().line,
                                                     why.front().column, why.front().expected));
  }
  Teller teller(kind, directory);
  teller.tell(*document, "", "", false);
  return teller.take();
}

}  // namespace sluice::bundle
