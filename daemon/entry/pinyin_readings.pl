#!/usr/bin/perl
# Writes pinyin_readings.txt from Unihan, which Debian's package unicode-data carries:
#   bzcat /usr/share/unicode/Unihan_Readings.txt.bz2 | perl pinyin_readings.pl >pinyin_readings.txt
# Taken are the characters of the two dictionaries of today's usage that Unihan has readings of
# (kTGHZ2013, kXHC1983), with all of these readings and those of kMandarin and kHanyuPinlu.
use strict;
use warnings;
use utf8;
use Unicode::Normalize;
binmode(STDIN, ':utf8');
binmode(STDOUT, ':utf8');

my (%readings, %of_today, $version);
while (<STDIN>) {
  $version = $1 if /^# Unicode version: ([\d.]+)/;
  next unless /^U\+([0-9A-F]+)\t(kMandarin|kTGHZ2013|kXHC1983|kHanyuPinlu)\t(.*)$/;
  my ($character, $property, $value) = (chr(hex $1), $2, $3);
  $of_today{$character} = 1 if $property eq 'kTGHZ2013' or $property eq 'kXHC1983';
  $value =~ s/[\d.*]+(,[\d.*]+)*://g;    # where it stands in the dictionary
  $value =~ s/\(\d+\)//g;                # how often it is met
  for my $reading (split /[ ,]+/, $value) {
    my $plain = NFD(lc $reading);
    $plain =~ s/u\x{308}/v/g;            # as ü is typed
    $plain =~ s/u([\x{300}-\x{304}\x{30C}]?)\x{308}/v/g;
    $plain =~ s/\p{Mn}//g;               # the tones
    next unless $plain =~ /^[a-z]*[aeiouv][a-z]*$/;    # m, n and hng are no syllables that are typed
    $readings{$character}{$plain} = 1;
  }
}

my %characters;
for my $character (sort keys %of_today) {
  push @{ $characters{$_} }, $character for keys %{ $readings{$character} };
}
print <<END;
# Syllables of Pinyin without tones (v for u with a diaeresis), each with the characters that are read so.
# Made by pinyin_readings.pl from Unihan_Readings.txt of the Unicode Character Database $version, which is
# changed here: one line a syllable, and the characters of today's usage only.
# Copyright (c) 1991-2022 Unicode, Inc. All rights reserved. Distributed under the Terms of Use in
# https://www.unicode.org/copyright.html: see pinyin_readings.license.
END
print "$_ ", join('', @{ $characters{$_} }), "\n" for sort keys %characters;
