#include "support/held_port.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace sluice::test {
namespace {

// What a script is given that asks for this one first, and says so by `then`.
std::string given_to_script(int first, const std::string& then) {
  const std::string command = "bash -euc 'die() { exit 1; }; source " SLUICE_SHELL_SUPPORT
                              "/held_port.sh; hold_port " +
                              std::to_string(first) + "; " + then + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 100> line{};
  return std::fgets(line.data(), line.size(), pipe.get()) == nullptr ? "" : line.data();
}

TEST(HeldPort, IsGivenToNobodyElseWhileItIsHeld) {
  const HeldPort first;
  const HeldPort second;
  EXPECT_NE(first.number(), second.number());
  const HeldPort third(first.number());
  EXPECT_NE(third.number(), first.number());
  EXPECT_NE(third.number(), second.number());
}

TEST(HeldPort, IsNotGivenToAScriptEither) {
  const HeldPort held;
  const std::string given = given_to_script(held.number(), "echo $held_port");
  ASSERT_FALSE(given.empty());
  EXPECT_NE(given, std::to_string(held.number()) + "\n");
}

TEST(HeldPort, OfAScriptIsNotGivenToAProgram) {
  // Held until the script's own child ends, which it does not wait for: that is ended from here.
  const int wanted = HeldPort().number();
  const std::string said =
      given_to_script(wanted, "sleep 1000 >/dev/null 2>&1 & echo $held_port $!");
  const int theirs = std::stoi(said);
  const std::string child = said.substr(said.find(' '));
  const HeldPort ours(theirs);
  EXPECT_NE(ours.number(), theirs);
  EXPECT_EQ(std::system(("kill" + child).c_str()), 0);
}

}  // namespace
}  // namespace sluice::test
