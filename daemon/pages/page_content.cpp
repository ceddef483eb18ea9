#include "pages/page_content.h"

#include "record/digest.h"

namespace sluice::pages {
namespace {

constexpr std::size_t shown_digits = 8;  // of each text: it tells two apart, and is no proof

std::string short_digest(const std::string& text) {
  constexpr std::string_view scheme = "sha256:";
  return record::to_string(record::sha256(text)).substr(scheme.size(), shown_digits);
}

}  // namespace

std::string digest_of(const PageContent& content) {
  std::string digest;
  for (const FieldContent& field : content)
    digest += short_digest(field.own) + short_digest(field.seen);
  return digest;
}

std::vector<ChangedField> changes_since(std::string_view made_of, const PageContent& now,
                                        const KeyedTexts& sent) {
  std::vector<ChangedField> changed;
  if (made_of.size() != 2 * shown_digits * now.size()) return changed;
  for (const FieldContent& field : now) {
    const auto own = made_of.substr(0, shown_digits);
    const auto seen = made_of.substr(shown_digits, shown_digits);
    made_of.remove_prefix(2 * shown_digits);
    if (seen != short_digest(field.seen)) {
      changed.push_back({field.column, true});
    } else if (own != short_digest(field.own) && typed_in(sent, field.column) != field.own) {
      changed.push_back({field.column, false});
    }
  }
  return changed;
}

}  // namespace sluice::pages
