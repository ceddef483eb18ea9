// The colours of the style sheet, by the formula of WCAG 2 (contrast of relative luminances).
#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pages/view/embedded_file.h"

namespace sluice::pages {
namespace {

using Colours = std::map<std::string, std::string>;

std::string style_sheet() {
  const auto files = embedded_files();
  const auto file = std::ranges::find(files, "assets/style.css", &EmbeddedFile::name);
  return std::string(file->bytes);
}

// Of the light scheme, and of the dark one.
std::vector<Colours> schemes() {
  std::vector<Colours> found;
  const std::string style = style_sheet();
  const std::regex root(R"(:root \{([^}]*)\})");
  const std::regex colour(R"(--([a-z-]+): #([0-9a-f]{6});)");
  for (std::sregex_iterator block(style.begin(), style.end(), root), end; block != end; ++block) {
    const std::string text = (*block)[1];
    Colours colours;
    for (std::sregex_iterator one(text.begin(), text.end(), colour); one != end; ++one)
      colours.emplace((*one)[1], (*one)[2]);
    if (colours.contains("edge")) found.push_back(colours);
  }
  return found;
}

double luminance(const std::string& colour) {
  double sum = 0;
  constexpr double weights[] = {0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < 3; ++i) {
    const double part = std::stoi(colour.substr(2 * i, 2), nullptr, 16) / 255.0;
    sum += weights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(const std::string& one, const std::string& other) {
  const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
  return (lighter + 0.05) / (darker + 0.05);
}

TEST(Style, TextCanBeReadOnEveryGroundInBothSchemes) {
  ASSERT_EQ(schemes().size(), 2U);
  for (const Colours& colours : schemes()) {
    for (const char* ground : {"sheet", "paper", "accent-soft", "bad-soft", "warn-soft"}) {
      for (const char* text : {"ink", "dim", "accent", "bad", "warn", "good"})
        EXPECT_GE(contrast(colours.at(text), colours.at(ground)), 4.5) << text << " on " << ground;
    }
    EXPECT_GE(contrast(colours.at("on-accent"), colours.at("accent")), 4.5);
    EXPECT_GE(contrast(colours.at("sheet"), colours.at("bad")), 4.5);
    EXPECT_GE(contrast(colours.at("ink"), colours.at("known")), 4.5);
  }
}

TEST(Style, EdgesOfControlsCanBeSeenInBothSchemes) {
  for (const Colours& colours : schemes()) {
    for (const char* ground : {"sheet", "paper"}) {
      EXPECT_GE(contrast(colours.at("edge"), colours.at(ground)), 3) << ground;
      EXPECT_GE(contrast(colours.at("focus"), colours.at(ground)), 3) << ground;
    }
    EXPECT_GE(contrast(colours.at("known-line"), colours.at("known")), 3);
  }
}

TEST(Style, ContrastIsThatOfTheStandard) {
  EXPECT_NEAR(contrast("000000", "ffffff"), 21, 0.001);
  EXPECT_NEAR(contrast("777777", "ffffff"), 4.48, 0.01);
}

TEST(Style, UsesNoNameThatItDoesNotDeclare) {
  const std::string style = style_sheet();
  const std::regex used(R"(var\(--([a-z-]+)\))");
  for (std::sregex_iterator one(style.begin(), style.end(), used), end; one != end; ++one)
    EXPECT_NE(style.find("--" + (*one)[1].str() + ":"), std::string::npos) << (*one)[1];
}

}  // namespace
}  // namespace sluice::pages
