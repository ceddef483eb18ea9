#include "bench/credit_code.h"

#include <algorithm>
#include <cstddef>

namespace sluice::bench {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::array<unsigned, 8> organisation_weights = {3, 7, 9, 10, 5, 8, 4, 2};

constexpr auto code_weights = [] {
  std::array<unsigned, 17> weights{};
  unsigned weight = 1;
  for (unsigned& each : weights) {
    each = weight;
    weight = weight * 3 % 31;
  }
  return weights;
}();

constexpr auto alphabet_values = [] {
  std::array<unsigned, 128> values{};
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<unsigned>(i);
  }
  return values;
}();

unsigned alphabet_value(char letter) {
  return alphabet_values[static_cast<unsigned char>(letter)];
}

// GB 11714 counts letters from A = 10 through all of the alphabet, GB 32100 without I, O, S, V, Z.
unsigned organisation_value(char letter) {
  return static_cast<unsigned>(letter <= '9' ? letter - '0' : letter - 'A' + 10);
}

char organisation_check(const char* eight) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < organisation_weights.size(); ++i) {
    sum += organisation_value(eight[i]) * organisation_weights[i];
  }
  return "0123456789X0"[11 - sum % 11];
}

}  // namespace

CreditCode credit_code(std::string_view region_code, std::uint32_t number) {
  CreditCode code{};
  code[0] = '9';
  code[1] = '1';
  std::copy_n(region_code.begin(), 6, code.begin() + 2);
  code[8] = 'M';
  for (std::size_t i = 15; i > 9; --i) {
    code[i] = alphabet[number % alphabet.size()];
    number /= static_cast<std::uint32_t>(alphabet.size());
  }
  code[9] = alphabet[10 + number];  // 2^32 / 31^6 < 5: A to E
  code[16] = organisation_check(code.data() + 8);
  unsigned sum = 0;
  for (std::size_t i = 0; i < code_weights.size(); ++i) {
    sum += alphabet_value(code[i]) * code_weights[i];
  }
  code[17] = alphabet[(31 - sum % 31) % 31];
  return code;
}

CreditCode with_wrong_check(CreditCode code) {
  code[17] = alphabet[(alphabet_value(code[17]) + 1) % alphabet.size()];
  return code;
}

}  // namespace sluice::bench
