# shellcheck shell=bash
# shellcheck disable=SC2154  # run.sh sets the options
# Builds our programs, or finds those that were built.

find_programs() {
  local wanted=(generate_register) name path
  if [[ $1 = direct || $1 = beside ]]; then wanted+=(post_load); fi
  if [[ $1 = start ]]; then wanted=(sluiced sluice); fi
  if [[ $1 = beside ]]; then wanted+=(sluiced sluice); fi
  if [[ $1 = pages ]]; then wanted+=(page_load bare_commits); fi
  if [[ $1 = pages ]] || takes_part sluice || takes_part mariadb || takes_part sqlite; then wanted+=(sluiced sluice); fi
  if [[ -z $build_dir ]]; then
    build_dir=$project_dir/build/release
    say "building ${wanted[*]} in $build_dir …"
    (cd "$project_dir" && cmake --preset release && cmake --build --preset release --target "${wanted[@]}") >&2
  fi
  for name in "${wanted[@]}"; do
    path=$(find "$build_dir" -type f -name "$name" -perm -u+x -print -quit)
    [[ -n $path ]] || die "$build_dir has no program $name: build it, or leave --build-dir away"
    printf -v "$name" '%s' "$(realpath "$path")"
  done
}
