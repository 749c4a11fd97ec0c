/** The IANA data's abbreviation of a zone at an offset; zones not named here print their offset. */

/** Offset and abbreviation pairs, then the zones that use them. */
export const zoneAbbreviations: readonly (readonly [string, string])[] = [
  [
    '+00:00=GMT',
    'Africa/Abidjan Africa/Accra Africa/Bamako Africa/Banjul Africa/Bissau Africa/Conakry Africa/Dakar ' +
      'Africa/Freetown Africa/Lome Africa/Monrovia Africa/Nouakchott Africa/Ouagadougou Africa/Sao_Tome ' +
      'Africa/Timbuktu America/Danmarkshavn Atlantic/Reykjavik Atlantic/St_Helena Etc/GMT Etc/GMT+0 ' +
      'Etc/GMT-0 Etc/GMT0 Etc/Greenwich GMT GMT+0 GMT-0 GMT0 Greenwich Iceland',
  ],
  [
    '+03:00=EAT',
    'Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala ' +
      'Africa/Mogadishu Africa/Nairobi Indian/Antananarivo Indian/Comoro Indian/Mayotte',
  ],
  ['+01:00=CET', 'Africa/Algiers Africa/Tunis'],
  [
    '+01:00=WAT',
    'Africa/Bangui Africa/Brazzaville Africa/Douala Africa/Kinshasa Africa/Lagos Africa/Libreville ' +
      'Africa/Luanda Africa/Malabo Africa/Ndjamena Africa/Niamey Africa/Porto-Novo',
  ],
  [
    '+02:00=CAT',
    'Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Juba Africa/Khartoum ' +
      'Africa/Kigali Africa/Lubumbashi Africa/Lusaka Africa/Maputo Africa/Windhoek',
  ],
  [
    '+02:00=EET +03:00=EEST',
    'Africa/Cairo Asia/Beirut Asia/Famagusta Asia/Gaza Asia/Hebron Asia/Nicosia EET Egypt Europe/Athens ' +
      'Europe/Bucharest Europe/Chisinau Europe/Helsinki Europe/Kiev Europe/Kyiv Europe/Mariehamn ' +
      'Europe/Nicosia Europe/Riga Europe/Sofia Europe/Tallinn Europe/Tiraspol Europe/Uzhgorod ' +
      'Europe/Vilnius Europe/Zaporozhye',
  ],
  [
    '+01:00=CET +02:00=CEST',
    'Africa/Ceuta Arctic/Longyearbyen Atlantic/Jan_Mayen CET Europe/Amsterdam Europe/Andorra ' +
      'Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen ' +
      'Europe/Copenhagen Europe/Gibraltar Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta ' +
      'Europe/Monaco Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome ' +
      'Europe/San_Marino Europe/Sarajevo Europe/Skopje Europe/Stockholm Europe/Tirane Europe/Vaduz ' +
      'Europe/Vatican Europe/Vienna Europe/Warsaw Europe/Zagreb Europe/Zurich Poland',
  ],
  ['+02:00=SAST', 'Africa/Johannesburg Africa/Maseru Africa/Mbabane'],
  ['+02:00=EET', 'Africa/Tripoli Europe/Kaliningrad Libya'],
  ['-10:00=HST -09:00=HDT', 'America/Adak America/Atka US/Aleutian'],
  [
    '-09:00=AKST -08:00=AKDT',
    'America/Anchorage America/Juneau America/Metlakatla America/Nome America/Sitka America/Yakutat ' +
      'US/Alaska',
  ],
  [
    '-04:00=AST',
    'America/Anguilla America/Antigua America/Aruba America/Barbados America/Blanc-Sablon ' +
      'America/Curacao America/Dominica America/Grenada America/Guadeloupe America/Kralendijk ' +
      'America/Lower_Princes America/Marigot America/Martinique America/Montserrat America/Port_of_Spain ' +
      'America/Puerto_Rico America/Santo_Domingo America/St_Barthelemy America/St_Kitts America/St_Lucia ' +
      'America/St_Thomas America/St_Vincent America/Tortola America/Virgin',
  ],
  [
    '-05:00=EST',
    'America/Atikokan America/Cancun America/Cayman America/Coral_Harbour America/Jamaica ' +
      'America/Panama EST Jamaica',
  ],
  [
    '-06:00=CST',
    'America/Bahia_Banderas America/Belize America/Chihuahua America/Costa_Rica America/El_Salvador ' +
      'America/Guatemala America/Managua America/Merida America/Mexico_City America/Monterrey ' +
      'America/Regina America/Swift_Current America/Tegucigalpa Canada/Saskatchewan Mexico/General',
  ],
  [
    '-07:00=MST -06:00=MDT',
    'America/Boise America/Cambridge_Bay America/Ciudad_Juarez America/Denver America/Edmonton ' +
      'America/Inuvik America/Shiprock America/Yellowknife Canada/Mountain MST7MDT Navajo US/Mountain',
  ],
  [
    '-06:00=CST -05:00=CDT',
    'America/Chicago America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN America/Matamoros ' +
      'America/Menominee America/North_Dakota/Beulah America/North_Dakota/Center ' +
      'America/North_Dakota/New_Salem America/Ojinaga America/Rainy_River America/Rankin_Inlet ' +
      'America/Resolute America/Winnipeg CST6CDT Canada/Central US/Central US/Indiana-Starke',
  ],
  [
    '-07:00=MST',
    'America/Creston America/Dawson America/Dawson_Creek America/Fort_Nelson America/Hermosillo ' +
      'America/Mazatlan America/Phoenix America/Whitehorse Canada/Yukon MST Mexico/BajaSur US/Arizona',
  ],
  [
    '-05:00=EST -04:00=EDT',
    'America/Detroit America/Fort_Wayne America/Grand_Turk America/Indiana/Indianapolis ' +
      'America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Vincennes ' +
      'America/Indiana/Winamac America/Indianapolis America/Iqaluit America/Kentucky/Louisville ' +
      'America/Kentucky/Monticello America/Louisville America/Montreal America/Nassau America/New_York ' +
      'America/Nipigon America/Pangnirtung America/Port-au-Prince America/Thunder_Bay America/Toronto ' +
      'Canada/Eastern EST5EDT US/East-Indiana US/Eastern US/Michigan',
  ],
  [
    '-08:00=PST -07:00=PDT',
    'America/Ensenada America/Los_Angeles America/Santa_Isabel America/Tijuana America/Vancouver ' +
      'Canada/Pacific Mexico/BajaNorte PST8PDT US/Pacific',
  ],
  [
    '-04:00=AST -03:00=ADT',
    'America/Glace_Bay America/Goose_Bay America/Halifax America/Moncton America/Thule Atlantic/Bermuda ' +
      'Canada/Atlantic',
  ],
  ['-05:00=CST -04:00=CDT', 'America/Havana Cuba'],
  ['-03:30=NST -02:30=NDT', 'America/St_Johns Canada/Newfoundland'],
  [
    '+10:00=AEST +11:00=AEDT',
    'Antarctica/Macquarie Australia/ACT Australia/Canberra Australia/Currie Australia/Hobart ' +
      'Australia/Melbourne Australia/NSW Australia/Sydney Australia/Tasmania Australia/Victoria',
  ],
  ['+12:00=NZST +13:00=NZDT', 'Antarctica/McMurdo Antarctica/South_Pole NZ Pacific/Auckland'],
  ['+05:30=IST', 'Asia/Calcutta Asia/Kolkata'],
  [
    '+08:00=CST',
    'Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei PRC ROC',
  ],
  ['+08:00=HKT', 'Asia/Hong_Kong Hongkong'],
  ['+07:00=WIB', 'Asia/Jakarta Asia/Pontianak'],
  ['+09:00=WIT', 'Asia/Jayapura'],
  ['+02:00=IST +03:00=IDT', 'Asia/Jerusalem Asia/Tel_Aviv Israel'],
  ['+05:00=PKT', 'Asia/Karachi'],
  ['+08:00=WITA', 'Asia/Makassar Asia/Ujung_Pandang'],
  ['+08:00=PST', 'Asia/Manila'],
  ['+09:00=KST', 'Asia/Pyongyang Asia/Seoul ROK'],
  ['+09:00=JST', 'Asia/Tokyo Japan'],
  [
    '+00:00=WET +01:00=WEST',
    'Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira Europe/Lisbon Portugal WET',
  ],
  [
    '+09:30=ACST +10:30=ACDT',
    'Australia/Adelaide Australia/Broken_Hill Australia/South Australia/Yancowinna',
  ],
  ['+10:00=AEST', 'Australia/Brisbane Australia/Lindeman Australia/Queensland'],
  ['+09:30=ACST', 'Australia/Darwin Australia/North'],
  ['+08:00=AWST', 'Australia/Perth Australia/West'],
  ['+00:00=GMT +01:00=IST', 'Eire Europe/Dublin'],
  ['+00:00=UTC', 'Etc/UCT Etc/UTC Etc/Universal Etc/Zulu UCT UTC Universal Zulu'],
  [
    '+00:00=GMT +01:00=BST',
    'Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/London GB GB-Eire',
  ],
  ['+03:00=MSK', 'Europe/Kirov Europe/Moscow Europe/Simferopol Europe/Volgograd W-SU'],
  ['-10:00=HST', 'HST Pacific/Honolulu Pacific/Johnston US/Hawaii'],
  ['+01:00=MET +02:00=MEST', 'MET'],
  ['+10:00=ChST', 'Pacific/Guam Pacific/Saipan'],
  ['-11:00=SST', 'Pacific/Midway Pacific/Pago_Pago Pacific/Samoa US/Samoa'],
];
