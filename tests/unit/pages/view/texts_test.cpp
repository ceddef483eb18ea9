#include "pages/view/texts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/trouble_kinds.h"
#include "pages/view/quarantine_entry_view.h"
#include "pages/view/sheet_view.h"
#include "people/roles.h"
#include "record/manifest.h"
#include "record/rules.h"

namespace sluice::pages {
namespace {

using ::testing::IsEmpty;
using Names = std::set<std::string>;

const Texts& texts() {
  static const Texts read(embedded_files());
  return read;
}

Names found(const std::string& text, const char* pattern) {
  Names names;
  const std::regex expression(pattern);
  for (std::sregex_iterator one(text.begin(), text.end(), expression), end; one != end; ++one)
    names.insert((*one)[1]);
  return names;
}

Names difference(const Names& all, const Names& without) {
  Names rest;
  std::ranges::set_difference(all, without, std::inserter(rest, rest.end()));
  return rest;
}

std::string all_templates() {
  std::string text;
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.name.starts_with("templates/")) continue;
    const bool is_within_tag = file.name.ends_with("_attributes.mustache");
    text += is_within_tag ? "<" + std::string(file.bytes) + ">" : std::string(file.bytes);
  }
  return text;
}

std::string all_code() {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator(SLUICE_PAGES)) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  return text;
}

Names keys_of(Language language) {
  Names keys;
  for (const auto& [key, text] : texts().of(language))
    keys.insert(key);
  return keys;
}

// Keys, and families of keys ("outcome."), that the code writes.
Names named_in_code() {
  Names names = found(all_code(), R"re("([a-z-]+\.[A-Za-z0-9.-]*)")re");
  std::erase_if(names, [](const std::string& name) {
    return name.ends_with(".css") || name.ends_with(".js") || name.ends_with(".svg");
  });
  return names;
}

void expect_in_both(const std::string& key) {
  for (const Language language : all_languages)
    EXPECT_NE(texts().find(language, key), nullptr) << key << " in " << code_of(language);
}

TEST(Texts, AreTheSameInBothLanguages) {
  EXPECT_EQ(keys_of(Language::chinese), keys_of(Language::english));
  for (const auto& [key, text] : texts().of(Language::chinese)) {
    const std::string* english = texts().find(Language::english, key);
    ASSERT_NE(english, nullptr);
    EXPECT_EQ(found(text, R"(\{([a-z_]+)\})"), found(*english, R"(\{([a-z_]+)\})")) << key;
    EXPECT_FALSE(text.empty() || english->empty()) << key;
  }
}

TEST(Texts, ThatTemplatesAndCodeNameAreThere) {
  for (const std::string& key : found(all_templates(), R"(\{\{t\.([^}]+)\}\})"))
    expect_in_both(key);
  for (const std::string& name : named_in_code()) {
    if (!name.ends_with('.')) expect_in_both(name);
  }
}

TEST(Texts, AreAllUsed) {
  Names used = found(all_templates(), R"(\{\{t\.([^}]+)\}\})");
  Names families;
  for (const std::string& name : named_in_code())
    (name.ends_with('.') ? families : used).insert(name);
  Names unused = difference(keys_of(Language::english), used);
  std::erase_if(unused, [&](const std::string& key) {
    return std::ranges::any_of(families,
                               [&](const std::string& family) { return key.starts_with(family); });
  });
  EXPECT_THAT(unused, IsEmpty());
}

TEST(Texts, HaveAWordForEveryRuleRoleModeAndOutcome) {
  for (const record::RuleGroup& group : record::rule_groups) {
    for (const record::RuleDeclaration& rule : group.rules) {
      for (const std::string_view name : rule.names) {
        expect_in_both("rule." + std::string(name));
        expect_in_both("remedy." + std::string(remedy_of(name)));
      }
    }
  }
  for (const std::string_view role : people::role_names())
    expect_in_both("role." + std::string(role));
  for (const auto mode : {record::Mode::direct, record::Mode::front_end, record::Mode::disk,
                          record::Mode::manual_entry})
    expect_in_both("mode." + std::string(record::to_string(mode)));
  for (const char* outcome : {"succeeded", "quarantined", "differs", "held-back", "refused",
                              "failed", "timed-out", "backlog-full", "killed", "stopped", "lost"})
    expect_in_both("outcome." + std::string(outcome));
  // Of a person's certificate, by trust::CertificateRefusal; `unknown` is the pages' own.
  for (const char* fault :
       {"expired", "not-yet-valid", "revoked", "revocation-list-expired", "revocation-list-missing",
        "wrong-purpose", "unknown-authority", "bad-certificate", "unknown"})
    expect_in_both("sign-in.certificate-fault." + std::string(fault));
  for (int outcome = 0; outcome <= static_cast<int>(RowOutcome::saved); ++outcome)
    expect_in_both("sheet-row." + std::string(to_string(static_cast<RowOutcome>(outcome))));
}

// Reminders are no alarms: their figures stand in the page.
TEST(Texts, HaveAnAlarmForEverythingThatCanBeWrong) {
  for (const api::TroubleKind& kind : api::trouble_kinds) {
    if (kind.grade == api::Grade::reminder) continue;
    expect_in_both("alarm." + std::string(kind.name));
    expect_in_both("alarm." + std::string(kind.name) + ".do");
  }
}

TEST(Texts, StandNeitherInTemplatesNorInCode) {
  std::string text = all_templates();
  // What is written on a key is the same in every language.
  for (const char* markup : {R"(<kbd>[^<]*</kbd>)", R"(\{\{[^}]*\}\})", R"(<[^>]*>)"})
    text = std::regex_replace(text, std::regex(markup), " ");
  EXPECT_EQ(difference(found(text, "([A-Za-z\x80-\xff]+)"),
                       {"Sluice", "\u00B7", "\u2013", "\u2190", "\u2192", "\u25C6"}),
            Names());
  // Characters of the CJK block begin with these bytes.
  EXPECT_THAT(found(all_code(), "\"[^\"\n]*([\xE4-\xE9][\x80-\xBF][\x80-\xBF])"), IsEmpty());
}

TEST(Fill, PutsValuesInTheirPlacesOnce) {
  const auto value = [](std::string_view name) { return "<{" + std::string(name) + "}>"; };
  EXPECT_EQ(fill("a {b} {c}{b}.", value), "a <{b}> <{c}><{b}>.");
  EXPECT_EQ(fill("", value), "");
  EXPECT_EQ(fill("{open", value), "");
}

}  // namespace
}  // namespace sluice::pages
