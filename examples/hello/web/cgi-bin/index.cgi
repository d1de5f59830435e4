#!/bin/sh
# The page, with the visits that the counter service has counted.
visits=$(timeout 2 wget -q -O - "$COUNTER") || visits="unknown (the counter service does not answer)"
printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
sed "s|{{visits}}|$visits|" /var/www/page/index.html
