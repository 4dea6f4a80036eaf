# Makes of nginx.conf, which is written for its container, the configuration for a machine with
# Debian's nginx in front of one gunicorn (docs/betrieb.md):
#   sed --file=debian.sed nginx.conf > /etc/nginx/nginx.conf

# Root opens the ports and reads the key; the processes that answer are www-data's.
1i user www-data;
s|8080;|80;|
s|8443 |443 |

# One gunicorn, started by `manage.py start`.
s|web-1:8000|127.0.0.1:8000|
/web-2:8000/d

# Debian's places, and those of the handbook.
s|/certificates/|/etc/webtalks-tls/|
s|/buffers/|/var/lib/nginx/|
s|/tmp/nginx.pid|/run/nginx.pid|
s|/dev/stdout|/var/log/nginx/access.log|
