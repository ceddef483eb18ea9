// For scenarios: whether the JSON document on standard input is as a JSON Schema file says.
// usage: json_validates SCHEMA <DOCUMENT
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>

#include "support/json_schema.h"

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: json_validates SCHEMA <DOCUMENT\n", stderr);
    return EXIT_FAILURE;
  }
  try {
    const std::string document{std::istreambuf_iterator<char>(std::cin), {}};
    const std::string complaints = sluice::test::complaints_by(arguments[1], document);
    std::fputs(complaints.c_str(), stderr);
    return complaints.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "json_validates: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
