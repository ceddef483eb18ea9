#include "settings/signer_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "settings/subject_notation.h"

namespace sluice::settings {
namespace {

bool is_distinguished_name(Section& section, const std::string& key, const std::string& text,
                           const std::string& example) {
  if (text.empty()) return false;
  if (const auto right = in_rfc_2253(text)) {
    section.complain(
        key, in_quotes(text) + ", which is another notation",
        fmt::format("the subject as RFC 2253 writes it, {},", in_quotes(*right, right->size())));
    return false;
  }
  if (text.find('=') != std::string::npos) return true;
  section.complain(key, in_quotes(text), fmt::format("an RFC 2253 name such as {},", example));
  return false;
}

std::optional<record::Time> read_moment(Section& section, const std::string& key) {
  const auto text = section.text(key);
  if (!text) return std::nullopt;
  std::string whole = *text;
  // Whole seconds are usual; we write milliseconds.
  if (whole.ends_with('Z') && whole.find('.') == std::string::npos) {
    whole.insert(whole.size() - 1, ".000");
  }
  auto moment = record::parse_time(whole);
  if (!moment) section.complain(key, in_quotes(*text), "a moment such as 2026-12-01T00:00:00Z");
  return moment;
}

std::optional<record::SignerName> read_signer(const Value& item, Complaints& complaints,
                                              const std::string& example) {
  Section section(item, complaints);
  record::SignerName name;
  name.subject = section.required_text("subject");
  const bool has_subject = is_distinguished_name(section, "subject", name.subject, example);
  name.issuer = section.text("issuer").value_or("");
  if (section.has("issuer")) is_distinguished_name(section, "issuer", name.issuer, example);
  name.from = read_moment(section, "from");
  name.until = read_moment(section, "until");
  if (name.from && name.until && *name.until <= *name.from) {
    section.complain("until", in_quotes(record::to_string(*name.until)), "a moment after `from`");
  }
  section.finish();
  return has_subject ? std::optional(std::move(name)) : std::nullopt;
}

}  // namespace

std::string read_subject(Section& section, const std::string& key, const std::string& example) {
  std::string subject = section.text(key).value_or("");
  return is_distinguished_name(section, key, subject, example) ? subject : std::string();
}

std::vector<record::SignerName> read_signers(Section& section, const std::string& key,
                                             const std::string& example) {
  std::vector<record::SignerName> names;
  const Value* const value = section.find(key);
  if (value == nullptr) return names;
  const auto take = [&](const std::string& subject) {
    if (is_distinguished_name(section, key, subject, example)) names.push_back({subject});
  };
  if (!value->is_list()) {
    take(section.required_text(key));
    return names;
  }
  for (const Value& item : value->items) {
    if (item.is_map()) {
      if (auto name = read_signer(item, section.complaints(), example)) {
        names.push_back(std::move(*name));
      }
    } else if (item.is_scalar()) {
      take(item.text);
    } else {
      section.complaints().add(item.place, described(item),
                               fmt::format("a subject, or `subject: …` in `{}`", key));
    }
  }
  return names;
}

record::Signers required_signers(Section& section, const std::string& key,
                                 const std::string& example) {
  const Value* const value = section.find(key);
  // Says what is expected, and that an empty list is none.
  if (value == nullptr || (value->is_list() && value->items.empty())) {
    (void)section.required_text(key);
    return {};
  }
  return record::Signers(read_signers(section, key, example));
}

std::optional<std::string> shared_subject(const record::Signers& one,
                                          const record::Signers& other) {
  for (const record::SignerName& name : one.names()) {
    const auto same = std::ranges::find(other.names(), name.subject, &record::SignerName::subject);
    if (same != other.names().end()) return name.subject;
  }
  return std::nullopt;
}

}  // namespace sluice::settings
