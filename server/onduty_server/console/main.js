var e,t,n,a,i,s,r,o,l,u,c,d=Symbol.for("pv"),h={},f=[],p=/^m(i|n|o|s|text|space)$/,v=Array.isArray,m=f.slice,y=Object.assign;function $(e){e&&e.parentNode&&e.remove()}function g(e,t,n){var a,i,s,r={},o=arguments.length;for(s in t)"key"==s?a=t[s]:"ref"==s&&"function"!=typeof e?i=t[s]:r[s]=t[s];return o>2&&(r.children=o>3?m.call(arguments,2):n),_(e,r,a,i,null)}function _(n,a,i,s,r){var o={type:n,props:a,key:i,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:d,__v:r||++t,__i:-1,__u:0};return!r&&e.vnode&&e.vnode(o),o}function w(e){return e.children}function b(e,t){this.props=e,this.context=t,this.__g=0}function k(e,t){if(null==t)return e.__&&k(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return"function"!=typeof e.type||e.props.__P?null:k(e)}function S(t){var n,a=t.__v,i=a.__e,s=[],r=[],o=t.__P;o&&((n=y({constructor:d},a)).__v=a.__v+1,e.vnode&&e.vnode(n),L(o,n,a,t.__n,o.namespaceURI,32&a.__u?[i]:null,s,i||k(a),32&a.__u,r),n.__v=a.__v,n.__.__k[n.__i]=n,F(s,n,r),a.__=a.__e=null,n.__e!=i&&T(n))}function T(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),T(e)}function I(t){(8&t.__g||(t.__g|=8,a.push(t),s++))&&i==e.debounceRendering||((i=e.debounceRendering)||queueMicrotask)(N)}function N(){try{for(var e,t=1;a.length;)a.length>t&&a.sort(r),e=a.shift(),t=a.length,8&e.__g&&S(e)}finally{(s=a.length)&&(i||queueMicrotask)(N)}}function A(e,t,n,a,i,s,r,o,l,u,c){var p,m,y,$,g,b,S=a.__k||f,T=t.length;for(l=function(e,t,n,a,i){var s,r,o,l,u,c,h,f,p,m=n.length,y=m,$=0,g=0,b=e.__k=Array(i);for(s=0;s<i;s++)null!=(r=t[s])&&"boolean"!=typeof r&&"function"!=typeof r?("object"!=typeof r||r.constructor===String?r=b[s]=_(null,r):v(r)?r=b[s]=_(w,{children:r}):r.constructor===d&&r.__b?r=b[s]=_(r.type,r.props,r.key,r.ref,r.__v):b[s]=r,l=s+$,r.__=e,r.__b=e.__b+1,o=null,~(u=r.__i=E(r,n,l,y))&&(y--,(o=n[u])&&(o.__u|=2)),o&&o.__v?(r.__u|=16,u==l-1?$--:u==l+1?$++:u!=l&&(u>l?$--:$++,g=1)):(~u||(i>m?$--:i<m&&$++),"function"!=typeof r.type&&(r.__u|=4))):b[s]=null;if(g){for(c=[],h=[],s=0;s<i;s++)if((r=b[s])&&16&r.__u){for($=0,f=c.length;$<f;)c[p=$+f>>1]<r.__i?$=p+1:f=p;c[$]=r.__i,h[s]=$+1}for($=c.length;s--;)h[s]&&(h[s]==$?$--:b[s].__u|=4)}if(y)for(s=0;s<m;s++)!(o=n[s])||2&o.__u||(o.__e==a&&(a=k(o)),B(o,o));return a}(n,t,S,l,T),p=0;p<T;p++)null!=(y=n.__k[p])&&(m=~y.__i&&S[y.__i]||h,y.__i=p,b=L(e,y,m,i,s,r,o,l,u,c),$=y.__e,(m.ref!=y.ref||8&m.__u)&&(m.ref&&U(m.ref,null,y,m),y.ref&&c.push(y.ref,y.__c||$,y)),g=g||$,4&y.__u?(l=C(y,l,e,!m.__v),m.__e&&(m.__e=null)):"function"==typeof y.type&&void 0!==b?l=b:$&&(l=$.nextSibling),y.__u&=-21);return n.__e=g,l}function C(e,t,n,a){var i,s,r,o;if("function"==typeof e.type){if(e.props.__P)return t;if(i=e.__k)for(s=0;s<i.length;s++)i[s]&&(i[s].__=e,t=C(i[s],t,n,!1));return t}for(t&&!t.parentNode&&(t=k(e))&&!t.parentNode&&(t=null),r=e.__e,o=t;o&&8==o.nodeType;)o=o.nextSibling;for(r!=o&&(!a&&n.moveBefore&&r.parentNode?n.moveBefore(r,t):n.insertBefore(r,t||null)),t=r;(t=t&&t.nextSibling)&&8==t.nodeType&&!t.data.startsWith("$s"););return t}function E(e,t,n,a){var i,s=e.key,r=e.type,o=t[n],l=o&&!(2&o.__u);if(null===o&&null==s||l&&s==o.key&&r==o.type)return n;if(a>(l?1:0)){for(i=n-1;i>=0;i--)if((o=t[i])&&!(2&o.__u)&&s==o.key&&r==o.type)return i;for(i=n+1;i<t.length;i++)if((o=t[i])&&!(2&o.__u)&&s==o.key&&r==o.type)return i}return-1}function x(e,t,n){null==n&&(n=""),"-"==t[0]?e.setProperty(t,n):e[t]=n}function M(t,n,a,i,s){var r,d;if("style"==n)if("string"==typeof a)t.style.cssText=a;else{if("string"==typeof i&&(t.style.cssText=i=""),i)for(n in i)a&&n in a||x(t.style,n);if(a)for(n in a)i&&a[n]==i[n]||x(t.style,n,a[n])}else if("o"==n[0]&&"n"==n[1])"function"!=typeof a&&(a=null),"function"!=typeof i&&(i=null),(t.__e||(t.__e={}))[n]=a,a&&i||(d=c[n]||(c[n]=function(t){return function(n){var a=this.__e;if(a){if(a=a[t],null==n[o])n[o]=u++;else if(n[o]<this.__a[t])return;return a(e.event?e.event(n):n)}}}(n)),(t.__a||(t.__a={}))[n]=u,r=n!=(n=n.replace(l,"$1")),(n=n.slice(2))[0]<"a"&&(n=n.toLowerCase()),a?t.addEventListener(n,d,r):t.removeEventListener(n,d,r));else{if("http://www.w3.org/2000/svg"==s)n=n.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if("width"!=n&&"height"!=n&&"href"!=n&&"list"!=n&&"form"!=n&&"tabIndex"!=n&&"download"!=n&&"rowSpan"!=n&&"colSpan"!=n&&"role"!=n&&"popover"!=n&&n in t)try{return void(t[n]=a??"")}catch{}if("function"==typeof a)return;null==a||!1===a&&"-"!=n[4]?t.removeAttribute(n):t.setAttribute(n,"popover"==n&&1==a?"":a)}}function L(t,n,a,i,s,r,o,l,u,c){var g,_,S,T,I,N,C,E,x,L,F,U,P,W,H,j,V,q,G=n.type;if(n.constructor!==d)return null;128&a.__u&&(u=32&a.__u,g=a.__c.__z)&&(n.__u|=u,_=r=[],8==g.nodeType?l=O(g,r):r.push(g),l=r[0]||l),(g=e.__b)&&g(n);e:if("function"==typeof G){S=o.length;try{if(E=n.props,x=(g=G.prototype)&&g.render,L=(g=G.contextType)&&i[g.__c],F=g?L?L.props.value:g.__:i,(T=a.__c)?(n.__c=T,2&T.__g&&(T.__g|=1)):(x?n.__c=T=new G(E,F):(n.__c=T=new b(E,F),T.constructor=G,T.render=R),L&&L.sub(T),T.state||(T.state={}),T.__n=i,T.__g|=8,T.__h=[],T.__k=[]),x&&(T.__s||(T.__s=T.state),G.getDerivedStateFromProps&&(T.__s==T.state&&(T.__s=y({},T.__s)),y(T.__s,G.getDerivedStateFromProps(E,T.__s)))),I=T.props,N=T.state,T.__v=n,a.__c){if(E!==I&&x&&!G.getDerivedStateFromProps&&T.componentWillReceiveProps&&T.componentWillReceiveProps(E,F),n.__v==a.__v&&!(8&T.__g)||!(4&T.__g)&&T.shouldComponentUpdate&&!1===T.shouldComponentUpdate(E,T.__s,F)){n.__v!=a.__v&&(T.props=E,T.state=T.__s,T.__g&=-9),n.__e=a.__e,n.__k=a.__k,n.__k.some(function(e){e&&(e.__=n)}),f.push.apply(T.__h,T.__k),T.__k=[],T.__h.length&&o.push(T),l=k(a);break e}T.componentWillUpdate&&T.componentWillUpdate(E,T.__s,F),x&&T.componentDidUpdate&&T.__h.push(function(){T.componentDidUpdate(I,N,C)})}else x&&!G.getDerivedStateFromProps&&T.componentWillMount&&T.componentWillMount(),x&&T.componentDidMount&&T.__h.push(T.componentDidMount);T.context=F,T.props=E,T.__P=t,T.__g&=-5,U=e.__r,P=x?25:0;do{T.__g&=-9,U&&U(n),g=T.render(T.props,T.state=T.__s,T.context)}while(8&T.__g&&++P<25);x&&(f.push.apply(T.__h,T.__k),T.__k=[]),T.state=T.__s,T.getChildContext&&(i=y({},i,T.getChildContext())),x&&a.__c&&T.getSnapshotBeforeUpdate&&(C=T.getSnapshotBeforeUpdate(I,N)),W=g&&g.type===w&&null==g.key?g.props.children:g,E.__P&&(g=l,s=(t=E.__P).namespaceURI,u=r=null,a.props&&a.props.__P!=t&&(a.__k.some(function(e){e&&B(e,e)}),a.__k=null),l=a.__k?k(a,0):null),l=A(t,v(W)?W:[W],n,a,i,s,r,o,l,u,c),E.__P&&(n.__e=null,l=g),n.__u&=-161,_&&_.some($),T.__h.length&&o.push(T),1&T.__g&&(T.__g&=-4)}catch(t){if(o.length=S,n.__v=null,u||r)if(t&&t.then){if(n.__u|=128|u,r){for(~(V=r.indexOf(l||void 0))||(V=r.length);(q=r[V-1])&&8==q.nodeType;)V--;for(;V<r.length;V++)if(q=r[V])if(r[V]=null,H){if(q==j)break}else{if(8!=q.nodeType)break;q.data.startsWith("$s")&&(j=O(H=q))}}if(!H){for(;l&&8==l.nodeType&&l.nextSibling;)l=l.nextSibling;H=l}(g=O(H=n.__c.__z||(n.__c.__z=H)))?(n.__e=H,l=g):n.__e=l,l=l&&l.nextSibling}else r&&r.some($);else n.__e=a.__e;n.__k||(n.__k=a.__k||[]),t&&t.then||D(n),e.__e(t,n,a)}}else l=n.__e=function(t,n,a,i,s,r,o,l,u,c){var d,f,y,g,_,w,b,S,T=a.props||h,I=n.props,N=n.type;if("svg"==N?s="http://www.w3.org/2000/svg":"math"==N?s="http://www.w3.org/1998/Math/MathML":s||(s="http://www.w3.org/1999/xhtml"),r)for(d=0;d<r.length;d++)if((_=r[d])&&(N?_.localName==N:3==_.nodeType)){t=_,r[d]=null;break}if(!t){if(S=c.ownerDocument||document,!N)return S.createTextNode(I);t=S.createElementNS(s,N,I.is?I:c),l&&(e.__m&&e.__m(n,r),l=!1),r=null}if(N){if(c="template"==N&&t.content||t,r="textarea"==N&&null!=I.defaultValue?null:r&&m.call(c.childNodes),!l&&r)for(T={},d=0;d<t.attributes.length;d++)T[(_=t.attributes[d]).name]=_.value;for(d in T)_=T[d],"dangerouslySetInnerHTML"==d?y=_:"children"==d||d in I||"value"==d&&"defaultValue"in I||"checked"==d&&"defaultChecked"in I||M(t,d,null,_,s);for(d in I)_=I[d],"children"==d?g=_:"dangerouslySetInnerHTML"==d?f=_:"value"==d?w=_:"checked"==d?b=_:l&&"function"!=typeof _||T[d]===_||M(t,d,_,T[d],s);f?(l||y&&(f.__html==y.__html||f.__html==t.innerHTML)||(t.innerHTML=f.__html),n.__k=[]):(y&&(t.textContent=""),("foreignObject"==N||"http://www.w3.org/1998/Math/MathML"==s&&p.test(N))&&(s="http://www.w3.org/1999/xhtml"),A(c,v(g)?g:[g],n,a,i,s,r,o,r?r[0]:a.__k&&k(a,0),l,u),r&&r.some($)),l&&"textarea"!=N||(d="value","progress"==N&&null==w?t.removeAttribute(d):null==w||w===t[d]&&("progress"!=N||w)||M(t,d,w,T[d],s),d="checked",null!=b&&b!=t[d]&&M(t,d,b,T[d],s))}else T===I||l&&t.data==I||(t.data=I);return t}(a.__e,n,a,i,s,r,o,u,c,t);return(g=e.diffed)&&g(n),l}function O(e,t){if(e&&8==e.nodeType&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(8==e.nodeType)if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&! --n)return e;t&&t.push(e)}}function D(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(D))}function F(t,n,a){for(var i=0;i<a.length;)U(a[i++],a[i++],a[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function U(t,n,a,i){try{"function"==typeof t?n?n.__x=t(n)||1:i&&(i=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,"function"==typeof n?n():t(null)):t.current=n}catch(t){e.__e(t,a)}}function B(t,n,a){var i,s,r,o;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||U(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(o=0;o<i.length;o++)i[o]&&B(i[o],n,"function"!=typeof t.type||a&&!t.props.__P);!a&&(i=t.__c)&&(i=i.__z)&&(s=O(i,r=[]))&&(i==t.__e&&r.some($),$(s),$(i)),a||$(t.__e),t.__e=t.__c=t.__=null}function R(e,t,n){return this.constructor(e,n)}e={__e:function(e,t,n,a){for(var i,r,o;t=t.__;)if((i=t.__c)&&!(1&i.__g)){i.__g|=4;try{if((o=(r=i.constructor)&&r.getDerivedStateFromError)&&i.setState(r.getDerivedStateFromError(e)),i.componentDidCatch&&(i.componentDidCatch(e,a||{}),o=1),o&&8&i.__g)return void(i.__g|=2)}catch(t){e=t}}throw s=0,e}},t=0,n=function(e){return null!=e&&e.constructor===d},b.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=y({},this.state)),"function"==typeof e&&(e=e(y({},n),this.props)),e&&(y(n,e),this.__v&&(t&&this.__k.push(t),I(this)))},b.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),I(this))},b.prototype.render=w,a=[],s=0,r=function(e,t){return e.__v.__b-t.__v.__b},o=Symbol(),l=/(PointerCapture)$|Capture$/i,u=0,c={};var P,W,H,j,V=function(e,t,n,a){var i;t[0]=0;for(var s=1;s<t.length;s++){var r=t[s++],o=t[s]?(t[0]|=r?1:2,n[t[s++]]):t[++s];3===r?a[0]=o:4===r?a[1]=Object.assign(a[1]||{},o):5===r?(a[1]=a[1]||{})[t[++s]]=o:6===r?a[1][t[++s]]+=o+"":r?(i=e.apply(o,V(e,o,n,["",null])),a.push(i),o[0]?t[0]|=2:(t[s-2]=0,t[s]=i)):a.push(o)}return a},q=new Map,G=Object.is,Y=0,K=[],z=[],X=e,J=X.__b,Z=X.__r,Q=X.diffed,ee=X.__c,te=X.unmount,ne=X.__;function ae(e,t){X.__h&&X.__h(W,e,Y||t),Y=0;var n=W.__H||(W.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function ie(e,t){var n=ae(P++,3);!X.__s&&ve(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,W.__H.__h.push(n))}function se(e,t){var n=ae(P++,4);!X.__s&&ve(n.__H,t)&&(n.__P=!1,n.__=e,n.u=t,W.__h.push(n))}function re(e){return Y=5,oe(function(){return{current:e}},[])}function oe(e,t){var n=ae(P++,7);return ve(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function le(){var e=ae(P++,11);if(!e.__){for(var t=W.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__="P"+n[0]+"-"+n[1]++}return e.__}function ue(){var e;do{for(;e=z.shift();)try{fe(e)}catch(t){X.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=K.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(fe),t.__h.some(pe),t.__h=[]}catch(n){t.__h=[],X.__e(n,e.__v)}}}while(z.length)}X.__b=function(e){W=null,J&&J(e)},X.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),ne&&ne(e,t)},X.__r=function(e){Z&&Z(e),P=0;var t=(W=e.__c).__H;t&&(H==W?W.__h=[]:(t.__h.some(fe),t.__h.some(pe),P=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),H=W},X.diffed=function(e){Q&&Q(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&he(K.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),H=W=null},X.__c=function(e,t){t.some(function(e){try{e.__h.some(fe),e.__h=e.__h.filter(function(e){return!e.__||pe(e)})}catch(t){e.__h=[function(){throw t}]}}),ee&&ee(e,t)},X.unmount=function(e){te&&te(e);var t,n,a=e.__c;a&&a.__H&&(a.__H.__.some(function(a){try{if(a.__P&&a.__c){if(void 0===n){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}a.__P=n,he(z.push(a))}else fe(a)}catch(e){t=e}}),a.__H=void 0,t&&X.__e(t,a.__v))};var ce="function"==typeof requestAnimationFrame;function de(e){var t,n=function(){clearTimeout(a),ce&&cancelAnimationFrame(t),setTimeout(e)},a=setTimeout(n,35);ce&&(t=requestAnimationFrame(n))}function he(e){1!=e&&j==X.requestAnimationFrame||((j=X.requestAnimationFrame)||de)(ue)}function fe(e){var t=W,n=e.__c;"function"==typeof n&&(e.__c=void 0,n()),W=t}function pe(e){var t=W;e.__c=e.__(),W=t}function ve(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!G(t,e[n])})}function me(e,t){return"function"==typeof t?t(e):t}var ye=Symbol.for("preact-signals");function $e(){if(Se>1)Se--;else{var e,t=!1;for(function(){var e=Ae;for(Ae=void 0;void 0!==e;){var t=e.S;if(t.v===e.v)for(var n=t.t;void 0!==n;n=n.x)n.i===e.i&&(n.i=t.i);e=e.o}}();void 0!==ke;){var n=ke;for(ke=void 0,Te++;void 0!==n;){var a=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&Le(n))try{n.c()}catch(n){t||(e=n,t=!0)}n=a}}if(Te=0,Se--,t)throw e}}function ge(e){if(Se>0)return e();Ne=++Ie,Se++;try{return e()}finally{$e()}}var _e,we=void 0;function be(e){var t=we,n=_e;we=void 0,_e=void 0;try{return e()}finally{we=t,_e=n}}var ke=void 0,Se=0,Te=0,Ie=0,Ne=0,Ae=void 0,Ce=0;function Ee(e){if(void 0!==we){var t=e.n;if(void 0===t||t.t!==we)return t={i:0,S:e,p:we.s,n:void 0,t:we,e:void 0,x:void 0,r:t},void 0!==we.s&&(we.s.n=t),we.s=t,e.n=t,32&we.f&&e.S(t),t;if(-1===t.i)return t.i=0,void 0!==t.n&&(t.n.p=t.p,void 0!==t.p&&(t.p.n=t.n),t.p=we.s,t.n=void 0,we.s.n=t,we.s=t),t}}function xe(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}function Me(e,t){return new xe(e,t)}function Le(e){for(var t=e.s;void 0!==t;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function Oe(e){for(var t=e.s;void 0!==t;t=t.n){var n=t.S.n;if(void 0!==n&&(t.r=n),t.S.n=t,t.i=-1,void 0===t.n){e.s=t;break}}}function De(e){for(var t=e.s,n=void 0;void 0!==t;){var a=t.p;-1===t.i?(t.S.U(t),void 0!==a&&(a.n=t.n),void 0!==t.n&&(t.n.p=a)):n=t,t.S.n=t.r,void 0!==t.r&&(t.r=void 0),t=a}e.s=n}function Fe(e,t){xe.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Ce-1,this.f=4}function Ue(e,t){return new Fe(e,t)}function Be(e){var t=e.j;if(e.j=void 0,"function"==typeof t){Se++;var n=we;we=void 0;try{t()}catch(t){throw e.f&=-2,e.f|=8,Re(e),t}finally{we=n,$e()}}}function Re(e){for(var t=e.s;void 0!==t;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,Be(e)}function Pe(e){if(we!==this)throw new Error("Out-of-order effect");De(this),we=e,this.f&=-2;try{8&this.f&&Re(this)}finally{$e()}}function We(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,_e&&_e.push(this)}function He(e,t){var n=new We(e,t);try{n.c()}catch(e){throw n.d(),e}var a=n.d.bind(n);return a[Symbol.dispose]=a,a}xe.prototype.brand=ye,xe.prototype.h=function(){return!0},xe.prototype.S=function(e){var t=this,n=this.t;n!==e&&void 0===e.e&&(e.x=n,this.t=e,void 0!==n?n.e=e:be(function(){var e;null==(e=t.W)||e.call(t)}))},xe.prototype.U=function(e){var t=this;if(void 0!==this.t){var n=e.e,a=e.x;void 0!==n&&(n.x=a,e.e=void 0),void 0!==a&&(a.e=n,e.x=void 0),e===this.t&&(this.t=a,void 0===a&&be(function(){var e;null==(e=t.Z)||e.call(t)}))}},xe.prototype.subscribe=function(e){var t=this;return He(function(){var n=t.value;be(function(){return e(n)})},{name:"sub"})},xe.prototype.valueOf=function(){return this.value},xe.prototype.toString=function(){return this.value+""},xe.prototype.toJSON=function(){return this.value},xe.prototype.peek=function(){var e=this;return be(function(){return e.value})},Object.defineProperty(xe.prototype,"value",{get:function(){var e=Ee(this);return void 0!==e&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(Te>100)throw new Error("Cycle detected");n=this,0!==Se&&0===Te&&n.l!==Ne&&(n.l=Ne,Ae={S:n,v:n.v,i:n.i,o:Ae}),this.v=e,this.i++,Ce++,Se++;try{for(var t=this.t;void 0!==t;t=t.x)t.t.N()}finally{$e()}}var n}}),Fe.prototype=new xe,Fe.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if(32==(36&this.f)||(this.f&=-5,this.g===Ce))return!0;if(this.g=Ce,this.f|=1,this.i>0&&!Le(this))return this.f&=-2,!0;var e=we;try{Oe(this),we=this;var t=this.x();(16&this.f||this.v!==t||0===this.i)&&(this.v=t,this.f&=-17,this.i++)}catch(e){this.v=e,this.f|=16,this.i++}return we=e,De(this),this.f&=-2,!0},Fe.prototype.S=function(e){if(void 0===this.t){this.f|=36;for(var t=this.s;void 0!==t;t=t.n)t.S.S(t)}xe.prototype.S.call(this,e)},Fe.prototype.U=function(e){if(void 0!==this.t&&(xe.prototype.U.call(this,e),void 0===this.t)){this.f&=-33;for(var t=this.s;void 0!==t;t=t.n)t.S.U(t)}},Fe.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;void 0!==e;e=e.x)e.t.N()}},Object.defineProperty(Fe.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=Ee(this);if(this.h(),void 0!==e&&(e.i=this.i),16&this.f)throw this.v;return this.v}}),We.prototype.c=function(){var e=this.S();try{if(8&this.f||void 0===this.x)return;var t=this.x();"function"==typeof t&&(this.j=t)}finally{e()}},We.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,Be(this),Oe(this),Se++;var e=we;return we=this,Pe.bind(this,e)},We.prototype.N=function(){2&this.f||(this.f|=2,this.u=ke,ke=this)},We.prototype.d=function(){this.f|=8,1&this.f||Re(this)},We.prototype.dispose=function(){this.d()};var je,Ve,qe=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__,Ge=[];function Ye(t,n){e[t]=n.bind(null,e[t]||function(){})}function Ke(e){if(Ve){var t=Ve;Ve=void 0,t()}Ve=e&&e.S()}function ze(e){var t=this,a=e.data,i=Je(a);i.name="ReactiveDom",i.value=a;var s=oe(function(){for(var e=t,a=t.__v;a=a.__;)if(a.__c){a.__c.__$f|=4;break}var s=Ue(function(){var e=i.value.value;return 0===e?0:!0===e?"":e||""}),r=Ue(function(){return!Array.isArray(s.value)&&!n(s.value)}),o=He(function(){if(this.N=nt,r.value){var t=s.value;e.__v&&e.__v.__e&&3===e.__v.__e.nodeType&&(e.__v.__e.data=t)}}),l=t.__$u.d;return t.__$u.d=function(){o(),l.call(this)},[r,s]},[]),r=s[0],o=s[1];return r.value?o.peek():o.value}function Xe(e,t,n,a){var i=t in e&&void 0===e.ownerSVGElement,s=Me(n);return{o:function(e,t){s.value=e,a=t},d:He(function(){this.N=nt;var n=s.value.value;a[t]!==n&&(a[t]=n,i?e[t]=n:null==n||!1===n&&"-"!==t[4]?e.removeAttribute(t):e.setAttribute(t,n))})}}function Je(e,t){return oe(function(){return Me(e,t)},[])}He(function(){je=this.N})(),ze.displayName="ReactiveTextNode",Object.defineProperties(xe.prototype,{constructor:{configurable:!0,value:g(w,null).constructor},type:{configurable:!0,value:ze},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}}),Ye("__b",function(e,t){if(Ke(),"string"==typeof t.type){var n,a=t.props;for(var i in a)if("children"!==i){var s=a[i];s instanceof xe&&(n||(t.__np=n={}),n[i]=s,a[i]=s.peek())}}e(t)}),Ye("__r",function(e,t){if(e(t),t.type!==w){Ke();var n,a=t.__c;a&&(a.__$f&=-2,void 0===(n=a.__$u)&&(a.__$u=n=function(e,t){var n;return He(function(){n=this},{name:t}),n.c=e,n}((i=a,function(){var e;qe&&(null==(e=this.y)||e.call(this)),i.__$f|=1,i.setState({})}),"function"==typeof t.type?t.type.displayName||t.type.name:""))),Ke(n)}var i}),Ye("__e",function(e,t,n,a){Ke(),e(t,n,a)}),Ye("diffed",function(e,t){var n;if(Ke(),"string"==typeof t.type&&(n=t.__e)){var a=t.__np,i=t.props,s=n.U;if(s)for(var r in s){var o=s[r];void 0===o||a&&r in a||(o.d(),s[r]=void 0)}if(a)for(var l in s||(s={},n.U=s),a){var u=s[l],c=a[l];void 0===u?(u=Xe(n,l,c,i),s[l]=u):u.o(c,i)}}e(t)}),Ye("unmount",function(e,t){if("string"==typeof t.type){var n=t.__e;if(n){var a=n.U;if(a)for(var i in n.U=void 0,a){var s=a[i];s&&s.d()}}var r=t.__np;if(r){var o=t.props;for(var l in r)o[l]=r[l]}t.__np=void 0}else{var u=t.__c;if(u){u.__$f|=8;var c=u.__$u;c&&(u.__$u=void 0,c.d())}}e(t)}),Ye("__h",function(e,t,n,a){a<3&&(t.__$f|=2),e(t,n,a)}),b.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,a=n&&void 0!==n.s;for(var i in t)return!0;if(this.__f||"boolean"==typeof this.u&&!0===this.u){var s=2&this.__$f;if(!(a||s||4&this.__$f)||1&this.__$f)return!0}else if(!(a||4&this.__$f)||3&this.__$f)return!0;for(var r in e)if("__source"!==r&&e[r]!==this.props[r])return!0;for(var o in this.props)if(!(o in e))return!0;return!1};var Ze,Qe,et=function(e){queueMicrotask(function(){queueMicrotask(e)})};function tt(){ge(function(){for(var e;e=Ge.shift();)je.call(e)})}function nt(){1===Ge.push(this)&&(e.requestAnimationFrame||et)(tt)}function at(e,t){return null!==e&&"object"==typeof e&&"$typeName"in e&&"string"==typeof e.$typeName&&(void 0===t||t.typeName===e.$typeName)}function it(){let e=this.buf,t=this.pos,n=0,a=0;for(let i=0;i<28;i+=7){let s=e[t++];if(n|=(127&s)<<i,!(128&s))return this.pos=t,this.assertBounds(),this.varint64Lo=n,void(this.varint64Hi=a)}let i=e[t++];if(n|=(15&i)<<28,a=(112&i)>>4,!(128&i))return this.pos=t,this.assertBounds(),this.varint64Lo=n,void(this.varint64Hi=a);for(let i=3;i<=31;i+=7){let s=e[t++];if(a|=(127&s)<<i,!(128&s))return this.pos=t,this.assertBounds(),this.varint64Lo=n,void(this.varint64Hi=a)}throw new Error("invalid varint")}(Qe=Ze||(Ze={}))[Qe.DOUBLE=1]="DOUBLE",Qe[Qe.FLOAT=2]="FLOAT",Qe[Qe.INT64=3]="INT64",Qe[Qe.UINT64=4]="UINT64",Qe[Qe.INT32=5]="INT32",Qe[Qe.FIXED64=6]="FIXED64",Qe[Qe.FIXED32=7]="FIXED32",Qe[Qe.BOOL=8]="BOOL",Qe[Qe.STRING=9]="STRING",Qe[Qe.BYTES=12]="BYTES",Qe[Qe.UINT32=13]="UINT32",Qe[Qe.SFIXED32=15]="SFIXED32",Qe[Qe.SFIXED64=16]="SFIXED64",Qe[Qe.SINT32=17]="SINT32",Qe[Qe.SINT64=18]="SINT64";var st=4294967296;function rt(e){let t="-"===e[0];t&&(e=e.slice(1));let n=1e6,a=0,i=0;function s(t,s){let r=Number(e.slice(t,s));i*=n,a=a*n+r,a>=st&&(i+=a/st|0,a%=st)}return s(-24,-18),s(-18,-12),s(-12,-6),s(-6),t?ut(a,i):lt(a,i)}function ot(e,t){if(({lo:e,hi:t}=function(e,t){return{lo:e>>>0,hi:t>>>0}}(e,t)),t<=2097151)return String(st*t+e);let n=16777215&(e>>>24|t<<8),a=t>>16&65535,i=(16777215&e)+6777216*n+6710656*a,s=n+8147497*a,r=2*a,o=1e7;return i>=o&&(s+=Math.floor(i/o),i%=o),s>=o&&(r+=Math.floor(s/o),s%=o),r.toString()+ct(s)+ct(i)}function lt(e,t){return{lo:0|e,hi:0|t}}function ut(e,t){return t=~t,e?e=1+~e:t+=1,lt(e,t)}var ct=e=>{let t=String(e);return"0000000".slice(t.length)+t};function dt(){let e=this.buf[this.pos++];if(!(128&e))return this.assertBounds(),e;let t=127&e;if(e=this.buf[this.pos++],t|=(127&e)<<7,!(128&e))return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(127&e)<<14,!(128&e))return this.assertBounds(),t;if(e=this.buf[this.pos++],t|=(127&e)<<21,!(128&e))return this.assertBounds(),t;e=this.buf[this.pos++],t|=(15&e)<<28;for(let t=5;128&e&&t<10;t++)e=this.buf[this.pos++];if(128&e)throw new Error("invalid varint");return this.assertBounds(),t>>>0}var ht=function(){let e=new DataView(new ArrayBuffer(8));if("function"==typeof BigInt&&"function"==typeof e.getBigInt64&&"function"==typeof e.getBigUint64&&"function"==typeof e.setBigInt64&&"function"==typeof e.setBigUint64&&(globalThis.Deno||globalThis.Bun||"object"!=typeof process||"object"!=typeof process.env||"1"!==process.env.BUF_BIGINT_DISABLE)){let t=BigInt("-9223372036854775808"),n=BigInt("9223372036854775807"),a=BigInt("0"),i=BigInt("18446744073709551615");return{zero:BigInt(0),supported:!0,parse(e){let a="bigint"==typeof e?e:BigInt(e);if(a>n||a<t)throw new Error(`invalid int64: ${e}`);return a},uParse(e){let t="bigint"==typeof e?e:BigInt(e);if(t>i||t<a)throw new Error(`invalid uint64: ${e}`);return t},enc(t){return e.setBigInt64(0,this.parse(t),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},uEnc(t){return e.setBigInt64(0,this.uParse(t),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},dec:(t,n)=>(e.setInt32(0,t,!0),e.setInt32(4,n,!0),e.getBigInt64(0,!0)),uDec:(t,n)=>(e.setInt32(0,t,!0),e.setInt32(4,n,!0),e.getBigUint64(0,!0))}}return{zero:"0",supported:!1,parse:e=>("string"!=typeof e&&(e=e.toString()),ft(e),e),uParse:e=>("string"!=typeof e&&(e=e.toString()),pt(e),e),enc:e=>("string"!=typeof e&&(e=e.toString()),ft(e),rt(e)),uEnc:e=>("string"!=typeof e&&(e=e.toString()),pt(e),rt(e)),dec:(e,t)=>function(e,t){let n=lt(e,t),a=2147483648&n.hi;a&&(n=ut(n.lo,n.hi));let i=ot(n.lo,n.hi);return a?"-"+i:i}(e,t),uDec:(e,t)=>ot(e,t)}}();function ft(e){if(!/^-?[0-9]+$/.test(e))throw new Error("invalid int64: "+e)}function pt(e){if(!/^[0-9]+$/.test(e))throw new Error("invalid uint64: "+e)}function vt(e,t){switch(e){case Ze.STRING:return"";case Ze.BOOL:return!1;case Ze.DOUBLE:case Ze.FLOAT:return 0;case Ze.INT64:case Ze.UINT64:case Ze.SFIXED64:case Ze.FIXED64:case Ze.SINT64:return t?"0":ht.zero;case Ze.BYTES:return new Uint8Array(0);default:return 0}}function mt(e,t,n){"__proto__"===t?Object.defineProperty(e,"__proto__",{value:n,writable:!0,enumerable:!0,configurable:!0}):e[t]=n}function yt(e){return null!==e&&"object"==typeof e&&!Array.isArray(e)}function $t(e){let t=e.fields[0];return function(e){return gt.has(e)}(e.typeName)&&void 0!==t&&"scalar"==t.fieldKind&&"value"==t.name&&1==t.number}var gt=new Set(["google.protobuf.DoubleValue","google.protobuf.FloatValue","google.protobuf.Int64Value","google.protobuf.UInt64Value","google.protobuf.Int32Value","google.protobuf.UInt32Value","google.protobuf.BoolValue","google.protobuf.StringValue","google.protobuf.BytesValue"]);function _t(e,t){return at(t,e)?t:bt(e)(t)}var wt=new WeakMap;function bt(e){let t=wt.get(e);return void 0===t&&(t=function(e){let t=e.typeName,{properties:n,prototype:a}=function(e){var t,n;let a=[],i={},s=function(e){switch(e.file.edition){case 999:return!1;case 998:return!0;default:return e.fields.some(e=>2!=e.presence&&"message"!=e.fieldKind&&!e.oneof)}}(e);for(let r of e.members){let e=r.localName;if("oneof"!=r.kind)switch(r.fieldKind){case"message":a.push({name:e,kind:kt,constant:void 0,convert:At(r)});break;case"list":a.push({name:e,kind:St,constant:void 0,convert:"message"==r.listKind?null!==(t=At(r))&&void 0!==t?t:e=>e:r.scalar==Ze.BYTES?Ct:void 0});break;case"map":a.push({name:e,kind:Tt,constant:void 0,convert:"message"==r.mapKind?null!==(n=At(r))&&void 0!==n?n:e=>e:r.scalar==Ze.BYTES?Ct:void 0});break;default:{let t=Et(r);a.push({name:e,kind:kt,constant:2==r.presence?t:void 0,convert:"scalar"==r.fieldKind&&r.scalar==Ze.BYTES?Ct:void 0}),s&&(i[e]=t);break}}else a.push({name:e,kind:It,constant:void 0,convert:Nt(r)})}return{properties:a,prototype:s?i:void 0}}(e);return e=>{let i;void 0!==a?(i=Object.create(a),i.$typeName=t):i={$typeName:t};for(let t=0;t<n.length;t++){let a=n[t],s=a.name,r=e?.[s];switch(a.kind){case kt:null!=r?i[s]=void 0!==a.convert?a.convert(r):r:void 0!==a.constant&&(i[s]=a.constant);break;case St:i[s]=void 0!==a.convert&&Array.isArray(r)?r.map(a.convert):r??[];break;case Tt:if(void 0!==a.convert&&yt(r)){let e={},t=Object.keys(r);for(let n=0;n<t.length;n++)mt(e,t[n],a.convert(r[t[n]]));i[s]=e}else i[s]=r??{};break;case It:{let e=r;if(null!=e?.case){let t=a.convert.get(e.case);if(void 0!==t){i[s]={case:e.case,value:t(e.value)};break}}i[s]={case:void 0};break}}}return i}}(e),wt.set(e,t)),t}var kt=0,St=1,Tt=2,It=3;function Nt(e){let t=new Map;for(let n of e.fields){let e;"message"==n.fieldKind?e=At(n):"scalar"==n.fieldKind&&n.scalar==Ze.BYTES&&(e=Ct),t.set(n.localName,e??(e=>e))}return t}function At(e){if("message"==e.fieldKind&&!e.oneof&&$t(e.message))return e.message.fields[0].scalar==Ze.BYTES?Ct:void 0;if("google.protobuf.Struct"==e.message.typeName&&"google.protobuf.Value"!==e.parent.typeName)return;let t,n=e.message;return e=>!yt(e)||at(e,n)?e:(t??(t=bt(n)),t(e))}function Ct(e){return Array.isArray(e)?new Uint8Array(e):e}function Et(e){let t=e.getDefaultValue();return void 0!==t?"scalar"==e.fieldKind&&e.longAsString?t.toString():t:"scalar"==e.fieldKind?vt(e.scalar,e.longAsString):e.enum.values[0].number}var xt,Mt,Lt=class extends Error{constructor(e,t,n="FieldValueInvalidError"){super(t),this.name=n,this.field=()=>e}};function Ot(){if(!xt){let e=globalThis;if(!e.TextEncoder||!e.TextDecoder)throw new Error("encoding API missing: install TextEncoder and TextDecoder on globalThis");let t,n=new e.TextEncoder,a=new e.TextDecoder("utf-8",{ignoreBOM:!0}),i={encodeUtf8:e=>n.encode(e),decodeUtf8:(n,i)=>i?(t||(t=new e.TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0})),t.decode(n)):a.decode(n),checkUtf8(e){try{return encodeURIComponent(e),!0}catch{return!1}}};n.encodeInto&&(i.encodeUtf8Into=n.encodeInto.bind(n));let s=String.prototype.isWellFormed;s&&(i.checkUtf8=e=>s.call(e)),function(e){var t;xt=Object.assign(Object.assign({},e),{encodeUtf8Into:null!==(t=e.encodeUtf8Into)&&void 0!==t?t:Dt(e.encodeUtf8.bind(e))})}(i)}return xt}function Dt(e){return(t,n)=>{let a=e(t);return n.set(a),{written:a.byteLength}}}!function(e){e[e.Varint=0]="Varint",e[e.Bit64=1]="Bit64",e[e.LengthDelimited=2]="LengthDelimited",e[e.StartGroup=3]="StartGroup",e[e.EndGroup=4]="EndGroup",e[e.Bit32=5]="Bit32"}(Mt||(Mt={}));var Ft=class{constructor(e){this.stackPos=[],this.encodeUtf8Into=e?Dt(e):Ot().encodeUtf8Into,this.buffer=Rt,this.viewCache=Pt,this.pos=0}ensureCapacity(e){let t=this.pos+e;if(t>this.buffer.length){let e=this.buffer.length||Ut;for(;e<t;)e*=2;let n=new Uint8Array(e);this.pos>0&&n.set(this.buffer),this.buffer=n}}view(){let e=this.buffer,t=this.viewCache;if(t.byteLength===e.byteLength)return t;let n=new DataView(e.buffer);return this.viewCache=n,n}finish(){let e=this.buffer.slice(0,this.pos);return this.pos=0,this.stackPos=[],e}fork(){return this.stackPos.push(this.pos),this.ensureCapacity(Bt),this.buffer[this.pos++]=0,this}join(){let e=this.stackPos.pop();if(void 0===e)throw new Error("invalid state, fork stack empty");let t=this.pos-e-Bt,n=Ht(t);return n>Bt&&(this.ensureCapacity(n-Bt),this.buffer.copyWithin(e+n,e+Bt,this.pos)),this.pos=e,this.uint32(t),this.pos+=t,this}tag(e,t){return this.uint32((e<<3|t)>>>0)}raw(e){return this.ensureCapacity(e.length),this.buffer.set(e,this.pos),this.pos+=e.length,this}uint32(e){if(qt(e),this.ensureCapacity(5),e<128)return this.buffer[this.pos++]=e,this;for(;e>127;)this.buffer[this.pos++]=127&e|128,e>>>=7;return this.buffer[this.pos++]=e,this}int32(e){if(Vt(e),e>=0)return this.uint32(e);this.ensureCapacity(10);for(let t=0;t<9;t++)this.buffer[this.pos++]=127&e|128,e>>=7;return this.buffer[this.pos++]=1,this}bool(e){return this.ensureCapacity(1),this.buffer[this.pos++]=e?1:0,this}bytes(e){return this.uint32(e.byteLength),this.raw(e)}string(e){"string"!=typeof e&&(e=String(e));let t=e.length;if(t<=Wt){this.ensureCapacity(t+1);let n=this.buffer,a=this.pos;n[a++]=t;let i=0;for(;i<t;i++){let t=e.charCodeAt(i);if(t>127)break;n[a++]=t}if(i==t)return this.pos=a,this}this.ensureCapacity(3*t+5);let n=Ht(t),a=this.buffer,i=this.pos,{written:s}=this.encodeUtf8Into(e,a.subarray(i+n)),r=Ht(s);return r!=n&&a.copyWithin(i+r,i+n,i+n+s),this.uint32(s),this.pos+=s,this}float(e){return function(e){if("string"==typeof e){let t=e;if(e=Number(e),Number.isNaN(e)&&"NaN"!==t)throw new Error("invalid float32: "+t)}else if("number"!=typeof e)throw new Error("invalid float32: "+typeof e);if(!Number.isFinite(Math.fround(e))&&Number.isFinite(e))throw new Error("invalid float32: "+e)}(e),this.ensureCapacity(4),this.view().setFloat32(this.pos,e,!0),this.pos+=4,this}double(e){return this.ensureCapacity(8),this.view().setFloat64(this.pos,e,!0),this.pos+=8,this}fixed32(e){return qt(e),this.ensureCapacity(4),this.view().setUint32(this.pos,e,!0),this.pos+=4,this}sfixed32(e){return Vt(e),this.ensureCapacity(4),this.view().setInt32(this.pos,e,!0),this.pos+=4,this}sint32(e){return Vt(e),this.uint32((e<<1^e>>31)>>>0)}sfixed64(e){let t=ht.enc(e);this.ensureCapacity(8);let n=this.view();return n.setInt32(this.pos,t.lo,!0),n.setInt32(this.pos+4,t.hi,!0),this.pos+=8,this}fixed64(e){let t=ht.uEnc(e);this.ensureCapacity(8);let n=this.view();return n.setInt32(this.pos,t.lo,!0),n.setInt32(this.pos+4,t.hi,!0),this.pos+=8,this}int64(e){let t=ht.enc(e);return this.writeVarint64(t.lo,t.hi)}sint64(e){let t=ht.enc(e),n=t.hi>>31,a=t.lo<<1^n,i=(t.hi<<1|t.lo>>>31)^n;return this.writeVarint64(a,i)}uint64(e){let t=ht.uEnc(e);return this.writeVarint64(t.lo,t.hi)}writeVarint64(e,t){this.ensureCapacity(10);let n=this.buffer,a=this.pos;for(let i=0;i<28;i+=7){let s=e>>>i,r=!(!(s>>>7)&&0==t);if(n[a++]=255&(r?128|s:s),!r)return this.pos=a,this}let i=e>>>28&15|(7&t)<<4,s=!!(t>>3);if(n[a++]=255&(s?128|i:i),!s)return this.pos=a,this;for(let e=3;e<31;e+=7){let i=t>>>e,s=!!(i>>>7);if(n[a++]=255&(s?128|i:i),!s)return this.pos=a,this}return n[a++]=t>>>31&1,this.pos=a,this}},Ut=128,Bt=1,Rt=new Uint8Array(0),Pt=new DataView(Rt.buffer),Wt=32;function Ht(e){return e<128?1:e<16384?2:e<2097152?3:e<268435456?4:5}var jt=class{constructor(e,t=Ot().decodeUtf8){this.decodeUtf8=t,this.varint64Lo=0,this.varint64Hi=0,this.varint64=it,this.uint32=dt,this.buf=e,this.len=e.length,this.pos=0,this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}tag(){let e=this.pos,t=this.uint32(),n=this.pos-e;if(n>5||5==n&&this.buf[this.pos-1]>15)throw new Error("illegal tag: varint overflows uint32");let a=t>>>3,i=7&t;if(a<=0||i>5)throw new Error("illegal tag: field no "+a+" wire type "+i);return[a,i]}skip(e,t,n=100){let a=this.pos;switch(e){case Mt.Varint:for(;128&this.buf[this.pos++];);break;case Mt.Bit64:this.pos+=4;case Mt.Bit32:this.pos+=4;break;case Mt.LengthDelimited:let a=this.uint32();this.pos+=a;break;case Mt.StartGroup:if(n<=0)throw new Error("maximum recursion depth reached");for(;;){let[e,a]=this.tag();if(a===Mt.EndGroup){if(void 0!==t&&e!==t)throw new Error("invalid end group tag");break}this.skip(a,e,n-1)}break;default:throw new Error("cant skip wire type "+e)}return this.assertBounds(),this.buf.subarray(a,this.pos)}assertBounds(){if(this.pos>this.len)throw new RangeError("premature EOF")}int32(){return 0|this.uint32()}sint32(){let e=this.uint32();return e>>>1^-(1&e)}int64(){return this.varint64(),ht.dec(this.varint64Lo,this.varint64Hi)}uint64(){return this.varint64(),ht.uDec(this.varint64Lo,this.varint64Hi)}sint64(){this.varint64();let e=this.varint64Lo,t=this.varint64Hi,n=-(1&e);return e=(e>>>1|(1&t)<<31)^n,t=t>>>1^n,ht.dec(e,t)}bool(){let e=this.buf[this.pos];return e<128?(this.pos++,0!==e):(this.varint64(),0!==this.varint64Lo||0!==this.varint64Hi)}fixed32(){return this.view.getUint32((this.pos+=4)-4,!0)}sfixed32(){return this.view.getInt32((this.pos+=4)-4,!0)}fixed64(){return ht.uDec(this.sfixed32(),this.sfixed32())}sfixed64(){return ht.dec(this.sfixed32(),this.sfixed32())}float(){return this.view.getFloat32((this.pos+=4)-4,!0)}double(){return this.view.getFloat64((this.pos+=8)-8,!0)}bytes(){let e=this.uint32(),t=this.pos;return this.pos+=e,this.assertBounds(),this.buf.subarray(t,t+e)}string(e){let t=this.uint32(),n=this.pos;this.pos+=t,this.assertBounds();let a=this.buf;if(t<=Wt){let i=new Array(t);for(let s=0;s<t;s++){let t=a[n+s];if(t>127)return this.decodeUtf8(a.subarray(n,this.pos),e);i[s]=t}return String.fromCharCode.apply(String,i)}return this.decodeUtf8(a.subarray(n,this.pos),e)}};function Vt(e){if("string"==typeof e)e=Number(e);else if("number"!=typeof e)throw new Error("invalid int32: "+typeof e);if(!Number.isInteger(e)||e>2147483647||e<-2147483648)throw new Error("invalid int32: "+e)}function qt(e){if("string"==typeof e)e=Number(e);else if("number"!=typeof e)throw new Error("invalid uint32: "+typeof e);if(!Number.isInteger(e)||e>4294967295||e<0)throw new Error("invalid uint32: "+e)}function Gt(e){if(function(e){return"google.protobuf.Struct"==e.message.typeName&&"google.protobuf.Value"!=e.parent.typeName}(e))return{toMessage:e=>Yt(e),toLocal:e=>Kt(e)};if("message"==e.fieldKind&&!e.oneof&&$t(e.message)){let t=e.message,n=t.fields[0].localName;return{toMessage:e=>{let a=_t(t);return void 0!==e&&(a[n]=e),a},toLocal:e=>e[n]}}let t=e.message;return{toMessage:e=>void 0===e?_t(t):e,toLocal:e=>e}}function Yt(e){let t={$typeName:"google.protobuf.Struct",fields:{}};if(yt(e))for(let n of Object.keys(e))mt(t.fields,n,Xt(e[n]));return t}function Kt(e){let t={};for(let n of Object.keys(e.fields))mt(t,n,zt(e.fields[n]));return t}function zt(e){switch(e.kind.case){case"structValue":return Kt(e.kind.value);case"listValue":return e.kind.value.values.map(zt);case"nullValue":case void 0:return null;default:return e.kind.value}}function Xt(e){let t={$typeName:"google.protobuf.Value",kind:{case:void 0}};switch(typeof e){case"number":t.kind={case:"numberValue",value:e};break;case"string":t.kind={case:"stringValue",value:e};break;case"boolean":t.kind={case:"boolValue",value:e};break;case"object":if(null===e)t.kind={case:"nullValue",value:0};else if(Array.isArray(e)){let n={$typeName:"google.protobuf.ListValue",values:[]};if(Array.isArray(e))for(let t of e)n.values.push(Xt(t));t.kind={case:"listValue",value:n}}else t.kind={case:"structValue",value:Yt(e)}}return t}function*Jt(e){switch(e.kind){case"file":for(let t of e.messages)yield t,yield*Jt(t);yield*e.enums,yield*e.services,yield*e.extensions;break;case"message":for(let t of e.nestedMessages)yield t,yield*Jt(t);yield*e.nestedEnums,yield*e.nestedExtensions}}function Zt(e,t,...n){return n.reduce((e,t)=>e.nestedMessages[t],e.messages[t])}function Qt(e,t,...n){if(0==n.length)return e.enums[t];let a=n.pop();return n.reduce((e,t)=>e.nestedMessages[t],e.messages[t]).nestedEnums[a]}function en(e){let t={};for(let n of e.values)t[n.localName]=n.number,t[n.number]=n.localName;return t}function tn(e,t,n){let a=_t(e);return an(e).read(a,new jt(t),function(e){return Object.assign(Object.assign({readUnknownFields:!0,recursionLimit:100},e),{depth:0})}(n),t.byteLength),a}var nn=new WeakMap;function an(e){let t=nn.get(e);return void 0===t&&(t=function(e){let t=String(e),n=new Map,a={read:sn(t,n),readGroup:rn(t,n)};nn.set(e,a);for(let t of e.fields)n.set(t.number,on(t));return a}(e)),t}function sn(e,t){return(n,a,i,s)=>{var r;if(++i.depth>i.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${i.recursionLimit} reached`);let o=a.pos+s,l=null!==(r=n.$unknown)&&void 0!==r?r:[];for(;a.pos<o;){let[e,s]=a.tag(),r=t.get(e);if(void 0===r){let t=a.skip(s,e,i.recursionLimit-i.depth);i.readUnknownFields&&l.push({no:e,wireType:s,data:t});continue}r(n,a,i,s)}l.length>0&&(n.$unknown=l),i.depth--}}function rn(e,t){return(n,a,i,s)=>{var r;if(++i.depth>i.recursionLimit)throw new Error(`cannot decode ${e} from binary: maximum recursion depth of ${i.recursionLimit} reached`);let o,l,u=null!==(r=n.$unknown)&&void 0!==r?r:[];for(;a.pos<a.len&&([o,l]=a.tag(),l!=Mt.EndGroup);){let e=t.get(o);if(void 0===e){let e=a.skip(l,o,i.recursionLimit-i.depth);i.readUnknownFields&&u.push({no:o,wireType:l,data:e});continue}e(n,a,i,l)}if(l!=Mt.EndGroup||o!==s)throw new Error("invalid end group tag");u.length>0&&(n.$unknown=u),i.depth--}}function on(e){switch(e.fieldKind){case"scalar":return function(e){let t=un(e.scalar,e.utf8Validation,e.longAsString),n=e.localName;if(e.oneof){let a=e.oneof.localName;return(e,i)=>{e[a]={case:n,value:t(i)}}}return(e,a)=>{e[n]=t(a)}}(e);case"enum":return function(e){var t;let n=e.localName,a=null===(t=e.oneof)||void 0===t?void 0:t.localName;if(e.enum.open)return void 0!==a?(e,t)=>{e[a]={case:n,value:t.int32()}}:(e,t)=>{e[n]=t.int32()};let i=e.enum.values,s=e.number;return(e,t,r,o)=>{var l;let u=t.int32();if(i.some(e=>e.number===u))void 0!==a?e[a]={case:n,value:u}:e[n]=u;else if(r.readUnknownFields){let t=[];!function(e,t){if(e>>>0<128)t.push(e);else if(e>=0){for(;e>127;)t.push(127&e|128),e>>>=7;t.push(e)}else{for(let n=0;n<9;n++)t.push(127&e|128),e>>=7;t.push(1)}}(u,t);let n=null!==(l=e.$unknown)&&void 0!==l?l:[];n.push({no:s,wireType:o,data:new Uint8Array(t)}),e.$unknown=n}}}(e);case"message":return function(e){let t=e.localName,{toMessage:n,toLocal:a}=Gt(e),i=ln(e);if(e.oneof){let s=e.oneof.localName;return(e,r,o)=>{let l=e[s],u=n(l.case===t?l.value:void 0);i(u,r,o),e[s]={case:t,value:a(u)}}}return(e,s,r)=>{let o=n(e[t]);i(o,s,r),e[t]=a(o)}}(e);case"list":return function(e){let t=e.localName;if("message"==e.listKind){let{toMessage:n,toLocal:a}=Gt(e),i=ln(e);return(e,s,r)=>{let o=n(void 0);i(o,s,r),e[t].push(a(o))}}let n="enum"==e.listKind?Ze.INT32:e.scalar,a="scalar"==e.listKind&&e.longAsString,i=un(n,e.utf8Validation,a),s=n!=Ze.STRING&&n!=Ze.BYTES;return(e,n,a,r)=>{let o=e[t];if(r==Mt.LengthDelimited&&s){let e=n.uint32()+n.pos;for(;n.pos<e;)o.push(i(n))}else o.push(i(n))}}(e);case"map":return function(e){let t,n,a=e.localName,i=un(e.mapKey,e.utf8Validation,!1),s=vt(e.mapKey,!1);switch(e.mapKind){case"scalar":{let a=e.scalar,i=un(a,e.utf8Validation,!1);if(t=e=>i(e),a==Ze.BYTES)n=()=>new Uint8Array(0);else{let e=vt(a,!1);n=()=>e}break}case"enum":{let a=e.enum.values[0].number;t=e=>e.int32(),n=()=>a;break}case"message":{let{toMessage:a,toLocal:i}=Gt(e),s=an(e.message).read;t=(e,t,n)=>{let r=a(n);return s(r,e,t,e.uint32()),i(r)},n=()=>i(a(void 0));break}}return(e,r,o)=>{let l,u,c=e[a],d=r.uint32(),h=r.pos+d;for(;r.pos<h;){let[e,n]=r.tag();switch(e){case 1:l=i(r);break;case 2:u=t(r,o,u);break;default:r.skip(n,e,o.recursionLimit-o.depth)}}void 0===l&&(l=s),void 0===u&&(u=n()),mt(c,l,u)}}(e)}}function ln(e){let t=an(e.message);if(e.delimitedEncoding){let n=e.number;return(e,a,i)=>t.readGroup(e,a,i,n)}return(e,n,a)=>t.read(e,n,a,n.uint32())}function un(e,t,n){switch(e){case Ze.STRING:return e=>e.string(t);case Ze.BOOL:return e=>e.bool();case Ze.DOUBLE:return e=>e.double();case Ze.FLOAT:return e=>e.float();case Ze.INT32:return e=>e.int32();case Ze.INT64:return n?e=>String(e.int64()):e=>e.int64();case Ze.UINT64:return n?e=>String(e.uint64()):e=>e.uint64();case Ze.FIXED64:return n?e=>String(e.fixed64()):e=>e.fixed64();case Ze.BYTES:return e=>e.bytes();case Ze.FIXED32:return e=>e.fixed32();case Ze.SFIXED32:return e=>e.sfixed32();case Ze.SFIXED64:return n?e=>String(e.sfixed64()):e=>e.sfixed64();case Ze.SINT64:return n?e=>String(e.sint64()):e=>e.sint64();case Ze.UINT32:return e=>e.uint32();case Ze.SINT32:return e=>e.sint32()}}var cn={writeUnknownFields:!0};function dn(e,t,n){let a=new Ft;return fn(e)(a,function(e){return e?Object.assign(Object.assign({},cn),e):cn}(n),t),a.finish()}var hn=new WeakMap;function fn(e){let t=hn.get(e);return void 0===t&&(t=function(e){let t=e.typeName,n=e.fields.concat().sort((e,t)=>e.number-t.number),a=n[0],i=[],s=(e,n,s)=>{if(s.$typeName!==t&&void 0!==a)throw new Lt(a,`cannot use ${a} with message ${s.$typeName}`,"ForeignFieldError");for(let t=0;t<i.length;t++)i[t](e,n,s);let r=s.$unknown;if(void 0!==r&&n.writeUnknownFields)for(let t=0;t<r.length;t++){let{no:n,wireType:a,data:i}=r[t];e.tag(n,a).raw(i)}};hn.set(e,s);for(let e of n)i.push(pn(e));return s}(e)),t}function pn(e){switch(e.fieldKind){case"message":case"scalar":case"enum":return function(e){let t=function(e){switch(e.fieldKind){case"message":{let{toMessage:t}=Gt(e),n=mn(e);return(e,a,i)=>{n(e,a,t(i))}}case"scalar":case"enum":{let t="enum"==e.fieldKind?Ze.INT32:e.scalar,n=e.number,a=yn(t),i=vn(t,e.parent.typeName,e.name);return(e,t,s)=>{e.tag(n,a),i(e,s)}}}}(e),n=e.localName;if(e.oneof){let a=e.oneof.localName;return(e,i,s)=>{let r=s[a];r.case===n&&t(e,i,r.value)}}if(2!=e.presence){let a=3==e.presence?`cannot encode ${e} to binary: required field not set`:void 0;return(e,i,s)=>{let r=s[n];if(void 0!==r&&Object.prototype.hasOwnProperty.call(s,n))t(e,i,r);else if(void 0!==a)throw new Error(a)}}if("enum"==e.fieldKind){let a=e.enum.values[0].number;return(e,i,s)=>{let r=s[n];r!==a&&t(e,i,r)}}switch(e.scalar){case Ze.BOOL:return(e,a,i)=>{let s=i[n];!1!==s&&t(e,a,s)};case Ze.STRING:return(e,a,i)=>{let s=i[n];""!==s&&t(e,a,s)};case Ze.BYTES:return(e,a,i)=>{let s=i[n];(!(s instanceof Uint8Array)||s.byteLength>0)&&t(e,a,s)};case Ze.DOUBLE:case Ze.FLOAT:return(e,a,i)=>{let s=i[n];Object.is(s,0)||t(e,a,s)};default:return(e,a,i)=>{let s=i[n];0!=s&&t(e,a,s)}}}(e);case"list":return function(e){let t=e.localName,n=e.number;switch(e.listKind){case"message":{let{toMessage:n}=Gt(e),a=mn(e);return(e,i,s)=>{let r=s[t];for(let t=0;t<r.length;t++)a(e,i,n(r[t]))}}case"scalar":case"enum":{let a="enum"==e.listKind?Ze.INT32:e.scalar,i=vn(a,e.parent.typeName,e.name);if(e.packed)return(e,a,s)=>{let r=s[t];if(0!=r.length){e.tag(n,Mt.LengthDelimited).fork();for(let t=0;t<r.length;t++)i(e,r[t]);e.join()}};let s=yn(a);return(e,a,r)=>{let o=r[t];for(let t=0;t<o.length;t++)e.tag(n,s),i(e,o[t])}}}}(e);case"map":return function(e){let t=e.localName,n=e.number,a=function(e){let t=yn(e.mapKey),n=vn(e.mapKey,e.parent.typeName,e.name),a=function(e){switch(e){case Ze.STRING:return e=>e;case Ze.BOOL:return e=>"true"===e||"false"!==e&&e;case Ze.UINT64:case Ze.FIXED64:return e=>{try{return ht.uParse(e)}catch{return e}};case Ze.INT64:case Ze.SFIXED64:case Ze.SINT64:return e=>{try{return ht.parse(e)}catch{return e}};default:return e=>{let t=Number.parseInt(e);return Number.isFinite(t)?t:e}}}(e.mapKey);return(e,i)=>{e.tag(1,t),n(e,a(i))}}(e);if("message"==e.mapKind){let{toMessage:i}=Gt(e),s=fn(e.message);return(e,r,o)=>{let l=o[t],u=Object.keys(l);for(let t=0;t<u.length;t++){let o=u[t];e.tag(n,Mt.LengthDelimited).fork(),a(e,o),e.tag(2,Mt.LengthDelimited).fork(),s(e,r,i(l[o])),e.join(),e.join()}}}let i="enum"==e.mapKind?Ze.INT32:e.scalar,s=yn(i),r=vn(i,e.parent.typeName,e.name);return(e,i,o)=>{let l=o[t],u=Object.keys(l);for(let t=0;t<u.length;t++){let i=u[t];e.tag(n,Mt.LengthDelimited).fork(),a(e,i),e.tag(2,s),r(e,l[i]),e.join()}}}(e)}}function vn(e,t,n){let a=function(e){switch(e){case Ze.STRING:return(e,t)=>e.string(t);case Ze.BOOL:return(e,t)=>e.bool(t);case Ze.DOUBLE:return(e,t)=>e.double(t);case Ze.FLOAT:return(e,t)=>e.float(t);case Ze.INT32:return(e,t)=>e.int32(t);case Ze.INT64:return(e,t)=>e.int64(t);case Ze.UINT64:return(e,t)=>e.uint64(t);case Ze.FIXED64:return(e,t)=>e.fixed64(t);case Ze.BYTES:return(e,t)=>e.bytes(t);case Ze.FIXED32:return(e,t)=>e.fixed32(t);case Ze.SFIXED32:return(e,t)=>e.sfixed32(t);case Ze.SFIXED64:return(e,t)=>e.sfixed64(t);case Ze.SINT64:return(e,t)=>e.sint64(t);case Ze.UINT32:return(e,t)=>e.uint32(t);case Ze.SINT32:return(e,t)=>e.sint32(t)}}(e);return(e,i)=>{try{a(e,i)}catch(e){throw e instanceof Error?new Error(`cannot encode field ${t}.${n} to binary: ${e.message}`):e}}}function mn(e){let t=e.number,n=fn(e.message);return e.delimitedEncoding?(e,a,i)=>{e.tag(t,Mt.StartGroup),n(e,a,i),e.tag(t,Mt.EndGroup)}:(e,a,i)=>{e.tag(t,Mt.LengthDelimited).fork(),n(e,a,i),e.join()}}function yn(e){switch(e){case Ze.BYTES:case Ze.STRING:return Mt.LengthDelimited;case Ze.DOUBLE:case Ze.FIXED64:case Ze.SFIXED64:return Mt.Bit64;case Ze.FIXED32:case Ze.SFIXED32:case Ze.FLOAT:return Mt.Bit32;default:return Mt.Varint}}var $n=9,gn=11,_n=12,wn=[["unary","server_streaming"],["client_streaming","bidi_streaming"]];function bn(e,t=[]){let n=Sn("file",e,{name:e.name?.replace(/\.proto$/,""),edition:999,dependencies:t,enums:[],messages:[],extensions:[],services:[],toString:()=>`file ${e.name}`}),a=new kn(n);return e.enumType?.forEach(e=>a.addEnum(e)),e.messageType?.forEach(e=>a.addMessage(e)),a.messages.forEach(e=>a.addFields(e)),e.service?.forEach(e=>a.addService(e)),n}var kn=class{constructor(e){this.file=e,this.messages=[],this.types=new Map;for(let t of e.dependencies)for(let e of Jt(t))this.types.set(`.${e.typeName}`,e)}type(e,t,n,a){let i=`${n?.typeName??this.file.proto.package}.${t.name}`,s=Sn(e,t,{name:t.name,typeName:i,file:this.file,...a,toString:()=>`${e} ${i}`});return this.types.set(`.${i}`,s),s}addEnum(e,t){let n=e.value??[],a=`${function(e=""){return e.replace(/(?!^)[A-Z]/g,"_$&").toLowerCase()}(e.name)}_`,i=n.every(({name:e=""})=>e.toLowerCase().startsWith(a)&&/^\D/.test(e.slice(a.length)))?a:void 0,s=this.type("enum",e,t,{parent:t,open:!0,value:{},values:[],sharedPrefix:i});for(let e of n){let{name:t="",number:n=0}=e,a=t.slice(i?.length),r=Sn("enum_value",e,{parent:s,name:t,localName:a,number:n,jsonName:t,toString:()=>`enum value ${s.typeName}.${t}`});s.values.push(r),s.value[n]??=r}(t?.nestedEnums??this.file.enums).push(s)}addMessage(e,t){let n=this.type("message",e,t,{parent:t,field:{},fields:[],oneofs:[],members:[],nestedEnums:[],nestedMessages:[],nestedExtensions:[]});e.options?.mapEntry||(t?.nestedMessages??this.file.messages).push(n),e.enumType?.forEach(e=>this.addEnum(e,n)),e.nestedType?.forEach(e=>this.addMessage(e,n)),this.messages.push(n)}addFields(e){let t=(e.proto.oneofDecl??[]).map(t=>function(e,t){let{name:n=""}=e;return Sn("oneof",e,{parent:t,fields:[],name:n,localName:Tn(n),toString:()=>`oneof ${t.typeName}.${n}`})}(t,e));for(let n of e.proto.field??[]){let a=n.proto3Optional?void 0:t[n.oneofIndex??-1],i=this.field(n,(e.fields.at(-1)?.number??0)+1,e,a);e.fields.push(i),e.field[i.localName]=i,a?.fields.push(i),e.members.includes(a??i)||e.members.push(a??i)}e.oneofs=t.filter(e=>e.fields.length)}field(e,t,n,a){let{type:i=0,name:s="",number:r=t}=e,o=3===e.label,l=a||e.proto3Optional||i===gn,u=this.types.get(e.typeName),c=i===gn?"message":14===i?"enum":"scalar",d=Sn("field",e,{name:s,number:r,parent:n,localName:Tn(s),jsonName:Tn(s),oneof:a,fieldKind:c,listKind:void 0,mapKind:void 0,mapKey:void 0,scalar:"scalar"===c?i:void 0,message:"message"===c?u:void 0,enum:"enum"===c?u:void 0,presence:l&&!o?1:2,packed:void 0,delimitedEncoding:"message"!==c&&void 0,utf8Validation:!0,longAsString:!1,getDefaultValue:o?void 0:()=>{},toString:()=>`field ${n.typeName}.${s}`});if(!o)return d;if(!u?.proto.options?.mapEntry){let e=![$n,_n,gn].includes(i);return Object.assign(d,{fieldKind:"list",listKind:c,packed:e})}let[h,f]=u.fields,{fieldKind:p,message:v,enum:m,scalar:y}=f;return Object.assign(d,{fieldKind:"map",mapKey:h.scalar,mapKind:p,message:v,enum:m,scalar:y})}addService(e){let t=this.type("service",e,void 0,{methods:[],method:{}});for(let n of e.method??[]){let e=this.method(n,t);t.methods.push(e),t.method[e.localName]=e}this.file.services.push(t)}method(e,t){let{name:n="",clientStreaming:a,serverStreaming:i}=e;return Sn("rpc",e,{parent:t,name:n,localName:n[0].toLowerCase()+n.slice(1),methodKind:wn[+!!a][+!!i],input:this.types.get(e.inputType),output:this.types.get(e.outputType),idempotency:e.options?.idempotencyLevel??0,toString:()=>`rpc ${t.typeName}.${n}`})}};function Sn(e,t,n){return{kind:e,proto:t,deprecated:t.options?.deprecated??!1,...n}}function Tn(e){return e.replace(/_+(\D?)/g,(e,t)=>t.toUpperCase())}var In=bn({name:"google/protobuf/duration.proto",messageType:[{name:"Duration",field:[{name:"seconds",type:3},{name:"nanos",type:5}]}],package:"google.protobuf"}),Nn=Zt(In,0),An=bn({name:"google/protobuf/field_mask.proto",messageType:[{name:"FieldMask",field:[{name:"paths",label:3,type:9}]}],package:"google.protobuf"}),Cn=bn({name:"google/protobuf/timestamp.proto",messageType:[{name:"Timestamp",field:[{name:"seconds",type:3},{name:"nanos",type:5}]}],package:"google.protobuf"}),En=Zt(Cn,0),xn=bn({name:"onduty/v1/status.proto",messageType:[{name:"UserStatus",field:[{name:"account_id",type:9},{name:"user_id",type:9},{name:"status",type:14,typeName:".onduty.v1.Status"},{name:"available",type:8},{name:"cause",type:14,typeName:".onduty.v1.Cause"},{name:"status_since",type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"next_status",type:14,typeName:".onduty.v1.Status"},{name:"next_status_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",type:9},{name:"reason",type:9},{name:"revision",type:3},{name:"expire_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"then",type:14,typeName:".onduty.v1.Then"},{name:"connected",type:8},{name:"engagements",type:5},{name:"next_cause",type:14,typeName:".onduty.v1.Cause"},{name:"display_name",type:9},{name:"team_id",type:9}]},{name:"Workflow",field:[{name:"account_id",type:9},{name:"enabled",type:8,oneofIndex:0,proto3Optional:!0},{name:"away_after",type:11,typeName:".google.protobuf.Duration"},{name:"offline_after",type:11,typeName:".google.protobuf.Duration"},{name:"resume",type:14,typeName:".onduty.v1.Resume",oneofIndex:1,proto3Optional:!0},{name:"keep_manual_away",type:8,oneofIndex:2,proto3Optional:!0},{name:"etag",type:9},{name:"update_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"updated_by",type:9},{name:"enabled_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"update_caller",type:9},{name:"disconnect_after",type:11,typeName:".google.protobuf.Duration"},{name:"disconnect_status",type:14,typeName:".onduty.v1.Status",oneofIndex:3,proto3Optional:!0},{name:"team_id",type:9}],oneofDecl:[{name:"_enabled"},{name:"_resume"},{name:"_keep_manual_away"},{name:"_disconnect_status"}]},{name:"WorkflowImpact",field:[{name:"switching_to_away",type:3},{name:"switching_to_offline",type:3},{name:"switches",label:3,type:11,typeName:".onduty.v1.WorkflowImpactSwitch"},{name:"next_hour",label:3,type:11,typeName:".onduty.v1.WorkflowImpactQuarter"}]},{name:"WorkflowImpactQuarter",field:[{name:"end_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"switching_to_away",type:3},{name:"switching_to_offline",type:3}]},{name:"WorkflowImpactSwitch",field:[{name:"user_id",type:9},{name:"previous_status",type:14,typeName:".onduty.v1.Status"},{name:"status",type:14,typeName:".onduty.v1.Status"}]},{name:"StatusChange",field:[{name:"account_id",type:9},{name:"user_id",type:9},{name:"revision",type:3},{name:"previous_status",type:14,typeName:".onduty.v1.Status"},{name:"status",type:14,typeName:".onduty.v1.Status"},{name:"cause",type:14,typeName:".onduty.v1.Cause"},{name:"effective_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"commit_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",type:9},{name:"reason",type:9},{name:"caller",type:9},{name:"expire_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"then",type:14,typeName:".onduty.v1.Then"},{name:"display_name",type:9},{name:"team_id",type:9}]},{name:"UserChange",field:[{name:"account_id",type:9},{name:"user_id",type:9},{name:"revision",type:3},{name:"erased",type:8},{name:"display_name",type:9},{name:"team_id",type:9},{name:"previous_display_name",type:9},{name:"previous_team_id",type:9},{name:"change_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"actor",type:9},{name:"caller",type:9}]},{name:"SetStatusRequest",field:[{name:"account_id",type:9},{name:"user_id",type:9},{name:"status",type:14,typeName:".onduty.v1.Status"},{name:"reason",type:9},{name:"expected_revision",type:3,oneofIndex:0,proto3Optional:!0},{name:"expire_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"ttl",type:11,typeName:".google.protobuf.Duration"},{name:"then",type:14,typeName:".onduty.v1.Then"}],oneofDecl:[{name:"_expected_revision"}]},{name:"SetStatusResponse",field:[{name:"user_status",type:11,typeName:".onduty.v1.UserStatus"}]},{name:"GetStatusRequest",field:[{name:"account_id",type:9},{name:"user_id",type:9}]},{name:"GetStatusResponse",field:[{name:"user_status",type:11,typeName:".onduty.v1.UserStatus"}]},{name:"BatchGetStatusesRequest",field:[{name:"account_id",type:9},{name:"user_ids",label:3,type:9}]},{name:"BatchGetStatusesResponse",field:[{name:"user_statuses",label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"unknown_user_ids",label:3,type:9}]},{name:"GetWorkflowRequest",field:[{name:"account_id",type:9},{name:"team_id",type:9}]},{name:"GetWorkflowResponse",field:[{name:"workflow",type:11,typeName:".onduty.v1.Workflow"}]},{name:"UpdateWorkflowRequest",field:[{name:"workflow",type:11,typeName:".onduty.v1.Workflow"},{name:"update_mask",type:11,typeName:".google.protobuf.FieldMask"},{name:"validate_only",type:8}]},{name:"UpdateWorkflowResponse",field:[{name:"workflow",type:11,typeName:".onduty.v1.Workflow"},{name:"impact",type:11,typeName:".onduty.v1.WorkflowImpact"}]},{name:"ListStatusChangesRequest",field:[{name:"account_id",type:9},{name:"user_id",type:9},{name:"start_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"end_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"page_size",type:5},{name:"page_token",type:9},{name:"team_id",type:9}]},{name:"ListStatusChangesResponse",field:[{name:"changes",label:3,type:11,typeName:".onduty.v1.StatusChange"},{name:"next_page_token",type:9}]},{name:"WatchStatusesRequest",field:[{name:"account_id",type:9},{name:"user_ids",label:3,type:9},{name:"resume_token",type:9}]},{name:"WatchStatusesResponse",field:[{name:"resume_token",type:9},{name:"snapshot",type:11,typeName:".onduty.v1.StatusSnapshot",oneofIndex:0},{name:"changes",type:11,typeName:".onduty.v1.WatchedChanges",oneofIndex:0},{name:"bookmark",type:11,typeName:".onduty.v1.Bookmark",oneofIndex:0}],oneofDecl:[{name:"event"}]},{name:"StatusSnapshot",field:[{name:"first",type:8},{name:"last",type:8},{name:"user_statuses",label:3,type:11,typeName:".onduty.v1.UserStatus"},{name:"workflow",type:11,typeName:".onduty.v1.Workflow"},{name:"team_workflows",label:3,type:11,typeName:".onduty.v1.Workflow"}]},{name:"WatchedChanges",field:[{name:"changes",label:3,type:11,typeName:".onduty.v1.WatchedChange"}]},{name:"WatchedChange",field:[{name:"status_change",type:11,typeName:".onduty.v1.StatusChange",oneofIndex:0},{name:"workflow_change",type:11,typeName:".onduty.v1.WorkflowChange",oneofIndex:0},{name:"user_change",type:11,typeName:".onduty.v1.UserChange",oneofIndex:0}],oneofDecl:[{name:"change"}]},{name:"WorkflowChange",field:[{name:"revision",type:3},{name:"workflow",type:11,typeName:".onduty.v1.Workflow"},{name:"previous_workflow",type:11,typeName:".onduty.v1.Workflow"},{name:"team_id",type:9},{name:"deleted",type:8}]},{name:"Bookmark",field:[{name:"effective_until",type:11,typeName:".google.protobuf.Timestamp"}]},{name:"ListWorkflowChangesRequest",field:[{name:"account_id",type:9},{name:"page_size",type:5},{name:"page_token",type:9},{name:"team_id",type:9}]},{name:"ListWorkflowChangesResponse",field:[{name:"changes",label:3,type:11,typeName:".onduty.v1.WorkflowChange"},{name:"next_page_token",type:9}]},{name:"GetCallerRequest"},{name:"GetCallerResponse",field:[{name:"caller",type:11,typeName:".onduty.v1.Caller"}]},{name:"Caller",field:[{name:"authenticated",type:8},{name:"name",type:9},{name:"user_id",type:9},{name:"via",type:9},{name:"grants",label:3,type:11,typeName:".onduty.v1.CallerGrant"}]},{name:"CallerGrant",field:[{name:"everywhere",type:8},{name:"account_id",type:9},{name:"permissions",label:3,type:9},{name:"own_user_only",type:8},{name:"acts_for_others",type:8}]},{name:"ListAccountsRequest",field:[{name:"page_size",type:5},{name:"page_token",type:9}]},{name:"ListAccountsResponse",field:[{name:"accounts",label:3,type:11,typeName:".onduty.v1.Account"},{name:"next_page_token",type:9}]},{name:"Account",field:[{name:"account_id",type:9}]},{name:"SimulateRequest",field:[{name:"account_id",type:9},{name:"workflow",type:11,typeName:".onduty.v1.Workflow"},{name:"log",type:12},{name:"time_column",type:9},{name:"user_column",type:9},{name:"time_format",type:14,typeName:".onduty.v1.LogTimeFormat"},{name:"keep_order",type:8},{name:"kind_column",type:9}]},{name:"SimulateResponse",field:[{name:"summary",type:11,typeName:".onduty.v1.SimulationSummary"},{name:"warnings",label:3,type:9}]},{name:"SimulationSummary",field:[{name:"users",type:3},{name:"activities",type:3},{name:"late_activities",type:3},{name:"first_activity_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"last_activity_time",type:11,typeName:".google.protobuf.Timestamp"},{name:"switches",label:3,type:11,typeName:".onduty.v1.SimulatedSwitches"},{name:"resumes",type:3},{name:"ignored_activities",type:3},{name:"active_soon_after_away",type:3},{name:"time_in_status",label:3,type:11,typeName:".onduty.v1.SimulatedTime"},{name:"leases",type:3},{name:"refused_leases",type:3},{name:"disconnections",type:3},{name:"reconnections",type:3},{name:"time_by_disconnect",label:3,type:11,typeName:".onduty.v1.SimulatedTime"}]},{name:"SimulatedSwitches",field:[{name:"previous_status",type:14,typeName:".onduty.v1.Status"},{name:"status",type:14,typeName:".onduty.v1.Status"},{name:"count",type:3}]},{name:"SimulatedTime",field:[{name:"status",type:14,typeName:".onduty.v1.Status"},{name:"duration",type:11,typeName:".google.protobuf.Duration"}]}],enumType:[{name:"Status",value:[{name:"STATUS_UNSPECIFIED",number:0},{name:"STATUS_ONLINE",number:1},{name:"STATUS_AWAY",number:2},{name:"STATUS_OFFLINE",number:3}]},{name:"Cause",value:[{name:"CAUSE_UNSPECIFIED",number:0},{name:"CAUSE_MANUAL",number:1},{name:"CAUSE_INACTIVITY",number:2},{name:"CAUSE_ACTIVITY",number:3},{name:"CAUSE_EXPIRY",number:4},{name:"CAUSE_DISCONNECT",number:5}]},{name:"Resume",value:[{name:"RESUME_UNSPECIFIED",number:0},{name:"RESUME_FROM_AWAY",number:1},{name:"RESUME_NEVER",number:2},{name:"RESUME_FROM_AWAY_OR_OFFLINE",number:3}]},{name:"Then",value:[{name:"THEN_UNSPECIFIED",number:0},{name:"THEN_AUTOMATIC",number:1},{name:"THEN_ONLINE",number:2},{name:"THEN_AWAY",number:3},{name:"THEN_OFFLINE",number:4}]},{name:"LogTimeFormat",value:[{name:"LOG_TIME_FORMAT_UNSPECIFIED",number:0},{name:"LOG_TIME_FORMAT_RFC3339",number:1},{name:"LOG_TIME_FORMAT_EPOCH_S",number:2},{name:"LOG_TIME_FORMAT_EPOCH_MS",number:3}]}],service:[{name:"StatusService",method:[{name:"SetStatus",inputType:".onduty.v1.SetStatusRequest",outputType:".onduty.v1.SetStatusResponse"},{name:"GetStatus",inputType:".onduty.v1.GetStatusRequest",outputType:".onduty.v1.GetStatusResponse",options:{idempotencyLevel:1}},{name:"BatchGetStatuses",inputType:".onduty.v1.BatchGetStatusesRequest",outputType:".onduty.v1.BatchGetStatusesResponse",options:{idempotencyLevel:1}},{name:"WatchStatuses",inputType:".onduty.v1.WatchStatusesRequest",outputType:".onduty.v1.WatchStatusesResponse",serverStreaming:!0},{name:"GetWorkflow",inputType:".onduty.v1.GetWorkflowRequest",outputType:".onduty.v1.GetWorkflowResponse",options:{idempotencyLevel:1}},{name:"UpdateWorkflow",inputType:".onduty.v1.UpdateWorkflowRequest",outputType:".onduty.v1.UpdateWorkflowResponse"},{name:"ListStatusChanges",inputType:".onduty.v1.ListStatusChangesRequest",outputType:".onduty.v1.ListStatusChangesResponse",options:{idempotencyLevel:1}},{name:"ListWorkflowChanges",inputType:".onduty.v1.ListWorkflowChangesRequest",outputType:".onduty.v1.ListWorkflowChangesResponse",options:{idempotencyLevel:1}},{name:"GetCaller",inputType:".onduty.v1.GetCallerRequest",outputType:".onduty.v1.GetCallerResponse",options:{idempotencyLevel:1}},{name:"ListAccounts",inputType:".onduty.v1.ListAccountsRequest",outputType:".onduty.v1.ListAccountsResponse",options:{idempotencyLevel:1}},{name:"Simulate",inputType:".onduty.v1.SimulateRequest",outputType:".onduty.v1.SimulateResponse",options:{idempotencyLevel:1}}]}],package:"onduty.v1"},[In,An,Cn]),Mn=en(Qt(xn,0)),Ln=en(Qt(xn,1)),On=en(Qt(xn,2)),Dn=en(Qt(xn,3)),Fn=en(Qt(xn,4)),Un=xn.services[0];function Bn(e,t){if(0===e.length)return t;let n=new Uint8Array(e.length+t.length);return n.set(e),n.set(t,e.length),n}var Rn=class extends Error{constructor(e,t,{reason:n="",violations:a=[],retryAfterMs:i,requestId:s="",cause:r}={}){super(t,{cause:r}),this.name="OndutyError",this.code=e,this.reason=n,this.violations=a,this.retryAfterMs=i,this.requestId=s}},Pn="x-request-id",Wn={400:"internal",401:"unauthenticated",403:"permission_denied",404:"unimplemented",429:"unavailable",502:"unavailable",503:"unavailable",504:"unavailable"};async function Hn(e){let t=Wn[e.status]??"unknown";try{return jn(await e.json(),t,e.headers.get(Pn)??"")}catch{return new Rn(t,`the server answered with HTTP status ${e.status}`)}}function jn(e,t="unknown",n=""){let a={requestId:n};for(let{type:t,debug:n}of e.details??[])"google.rpc.ErrorInfo"===t&&"onduty"===n?.domain&&(a.reason=n.reason),"google.rpc.BadRequest"===t&&(a.violations=n?.fieldViolations),"google.rpc.RetryInfo"===t&&(a.retryAfterMs=1e3*Number.parseFloat(n?.retryDelay));return new Rn(e.code??t,e.message??"",a)}async function Vn(e,t,n,{signal:a,timeoutMs:i=e.timeoutMs??1e4}={}){let s=AbortSignal.timeout(i),r=a?AbortSignal.any([a,s]):s,o=dn(t.input,_t(t.input,n)),l={"content-type":"application/proto","connect-timeout-ms":String(i)},u=await Gn(e,t,l,o,r,a);if(!u.ok)throw await Hn(u);try{return tn(t.output,new Uint8Array(await u.arrayBuffer()))}catch(e){throw Kn(e,r,a)}}async function*qn(e,t,n,{signal:a}={}){let i=new AbortController,s=a?AbortSignal.any([a,i.signal]):i.signal;try{let i=function(e){let t=new Uint8Array(5+e.length);return new DataView(t.buffer).setUint32(1,e.length),t.set(e,5),t}(dn(t.input,_t(t.input,n))),r=await Gn(e,t,{"content-type":"application/connect+proto"},i,s,a);if(!r.ok||!r.body)throw await Hn(r);let o=async function*(e){let t=new Uint8Array(0);for(;;){for(;t.length>=5;){let e=new DataView(t.buffer,t.byteOffset).getUint32(1),n=t[0];if(1&n||e>67108864)throw new TypeError("an envelope that was not asked for");if(t.length<5+e)break;let a=t.subarray(5,5+e);if(t=t.subarray(5+e),2&n)return JSON.parse((new TextDecoder).decode(a)||"{}");yield a}let{value:n,done:a}=await e.read();if(a)return;t=Bn(t,n)}}(r.body.getReader());for(;;){let{value:e,done:n}=await o.next().catch(e=>{throw Kn(e,s,a)});if(n){if(void 0===e)throw new Rn("unavailable","the stream was cut");if(e.error)throw jn(e.error,void 0,e.metadata?.[Pn]?.[0]);return}yield tn(t.output,e)}}finally{i.abort()}}async function Gn(e,t,n,a,i,s){let r=e.token&&await Promise.race([e.token(),Yn(i,s)]),o=e.actor?.();r&&(n.authorization=`Bearer ${r}`),o&&(n["onduty-actor-bin"]=function(e){return btoa(String.fromCharCode(...(new TextEncoder).encode(e)))}(o)),n["connect-protocol-version"]="1";let l=`${e.baseUrl}/${t.parent.typeName}/${t.name}`;try{let t={method:"POST",headers:n,body:a,signal:i,credentials:"omit",cache:"no-store"};return await(e.fetch??globalThis.fetch)(l,t)}catch(e){throw Kn(e,i,s)}}function Yn(e,t){return new Promise((n,a)=>{let i=()=>a(Kn(e.reason,e,t));e.aborted?i():e.addEventListener("abort",i,{once:!0})})}function Kn(e,t,n){return n?.aborted?new Rn("canceled","the call was cancelled",{cause:e}):t.aborted?new Rn("deadline_exceeded","the server did not answer in time",{cause:e}):new Rn("unavailable","the server cannot be reached",{cause:e})}function zn(e){return e&&1e3*Number(e.seconds)+Math.round(e.nanos/1e6)}function Xn(e){return _t(En,Zn(e))}function Jn(e){return _t(Nn,Zn(e))}function Zn(e){let t=Math.floor(e/1e3);return{seconds:BigInt(t),nanos:1e6*Math.round(e-1e3*t)}}var Qn=function(e){var t=q.get(this);return t||(t=new Map,q.set(this,t)),(t=V(this,t.get(e)||(t.set(e,t=function(e){for(var t,n,a=1,i="",s="",r=[0],o=function(e){1===a&&(e||(i=i.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?r.push(0,e,i):3===a&&(e||i)?(r.push(3,e,i),a=2):2===a&&"..."===i&&e?r.push(4,e,0):2===a&&i&&!e?r.push(5,0,!0,i):a>=5&&((i||!e&&5===a)&&(r.push(a,0,i,n),a=6),e&&(r.push(a,e,0,n),a=6)),i=""},l=0;l<e.length;l++){l&&(1===a&&o(),o(l));for(var u=0;u<e[l].length;u++)t=e[l][u],1===a?"<"===t?(o(),r=[r],a=3):i+=t:4===a?"--"===i&&">"===t?(a=1,i=""):i=t+i[0]:s?t===s?s="":i+=t:'"'===t||"'"===t?s=t:">"===t?(o(),a=1):a&&("="===t?(a=5,n=i,i=""):"/"===t&&(a<5||">"===e[l][u+1])?(o(),3===a&&(r=r[0]),a=r,(r=r[0]).push(2,0,a),a=0):" "===t||"\t"===t||"\n"===t||"\r"===t?(o(),a=2):i+=t),3===a&&"!--"===i&&(a=4,r=r[0])}return o(),r}(e)),t),arguments,[])).length>1?t:t[0]}.bind(g),ea=class{constructor(e){this.area=e,this.inPage=new Map}get(e){try{return this.inPage.get(e)??this.area().getItem(e)}catch{return null}}set(e,t){this.inPage.delete(e);try{return null===t?this.area().removeItem(e):this.area().setItem(e,t),!0}catch{return null!==t&&this.inPage.set(e,t),!1}}},ta=new ea(()=>sessionStorage),na=new ea(()=>localStorage);function aa(e){try{return globalThis.localStorage,new BroadcastChannel(e)}catch{return null}}var ia="onduty.departure",sa=function(){let e=[location.hash,location.search].map(e=>new URLSearchParams(e.slice(1))).find(e=>e.has("state")&&(e.has("code")||e.has("error")));if(!e)return null;let t=JSON.parse(ta.get(ia)??"null"),n=null!==t&&t.state===e.get("state");return n&&ta.set(ia,null),history.replaceState(null,"",location.pathname+(n?t.page:"")),{parameters:e,departure:n?t:null}}(),ra=Me(location.hash),oa=Me(!1),la=Me("");function ua(e){let t=la.peek();la.value="",e&&(oa.value=!1,pa(t))}addEventListener("hashchange",()=>{oa.peek()?(la.value=location.hash,history.replaceState(null,"",ra.peek())):ra.value=location.hash}),addEventListener("beforeunload",e=>{oa.peek()&&e.preventDefault()});var ca=Ue(()=>{let[e="",t="",...n]=ra.value.replace(/^#\/?/,"").split("/").map(ma);return{account:e,page:t||"board",rest:n}}),da=Ue(()=>""===ra.value);function ha(e,...t){return fa(ca.value.account,e,...t)}function fa(e,...t){return`#/${[e,...t].map(encodeURIComponent).join("/")}`}function pa(e){location.hash=e}function va(e){history.replaceState(null,"",e),ra.value=e}function ma(e){try{return decodeURIComponent(e)}catch{return e}}var ya=Me(void 0);async function $a(){return ya.value??=(await(await fetch("sign-in.json",{credentials:"omit"})).json()).provider,ya.value??null}function ga(){return import("./oidc-SXTAP7DM.js")}var _a,wa="onduty.token",ba="onduty.by-provider",ka="onduty.left-at",Sa="onduty.name",Ta=Me("loading"),Ia=Me(""),Na=Me(""),Aa=Me(null!==ta.get(wa)),Ca=Me(na.get(Sa)??""),Ea=ta.get(wa),xa=0,Ma=null!==sa,La=aa("onduty.sign-out"),Oa=function(e){let t={};for(let[n,a]of Object.entries(Un.method)){let i=a;"unary"===i.methodKind&&(t[n]=Vn.bind(null,e,i)),"server_streaming"===i.methodKind&&(t[n]=qn.bind(null,e,i))}return t}({baseUrl:"",token:()=>Ea??void 0,actor:()=>null===Ea&&Ca.value||void 0}),Da=Ue(()=>ca.value.account),Fa={ask:async()=>{}};function Ua(){return Ea}async function Ba(){"unreachable"!==Ta.value&&(Ta.value="loading");let e=Ma;if(Ma=!1,!e||await async function(e){return Ga(async()=>{let t=await e();t&&Ka(t)})}(Va))try{await Fa.ask(),Ta.value="ready",Ia.value=""}catch(t){if(!(t instanceof Rn))throw t;"unauthenticated"!==t.code?Ta.value="unreachable":e?await Ja("unaccepted",t.message):await async function(){let e=Aa.value,t=null!==ta.get(ba);Xa();let n=Date.now()-Number(ta.get(ka));e&&t&&(n<0||n>4e3)?await ja(!0):await Ja(e?"expired":"")}()}}async function Ra(){await ja(!1)}async function Pa(){let e=null!==ta.get(ba);Ta.value="loading",Xa(),e&&La?.postMessage("");let t=location.pathname;if(e){let e=await $a().catch(()=>null);t=e&&await ga().then(t=>t.farewellAddress(e)).catch(()=>null)||t}location.replace(t)}function Wa(e,t=Ea){return e instanceof Rn&&"unauthenticated"===e.code&&t===Ea&&("ready"===Ta.value&&async function(){Ta.value="loading",_a&&await qa(),await Ba()}(),!0)}function Ha(e){Ca.value=e.trim(),na.set(Sa,Ca.value)}async function ja(e){Ta.value=e?"leaving":Ta.value,ta.set(ka,String(Date.now())),await Ga(async()=>{let t=await $a();if(!t)return;if(!isSecureContext)throw{reason:"insecure"};let{address:n,departure:a}=await(await ga()).begun(t,{page:location.hash,isSilent:e});if(!function(e){return ta.set(ia,JSON.stringify(e))}(a))throw{reason:"blocked"};location[e?"replace":"assign"](n)})}async function Va(){let e=await $a();return e&&sa&&(await ga()).redeem(e,sa)}async function qa(){clearTimeout(xa);let e=ya.value;try{e&&_a&&Ka(await(await ga()).renew(e,_a))}catch(e){"unreachable"===Ya(e).reason?xa=setTimeout(qa,5e3):_a=void 0}}async function Ga(e){try{return await e(),!0}catch(e){let{reason:t,detail:n}=Ya(e);return await Ja(t,n),!1}}function Ya(e){return{reason:e?.reason??"offline",detail:e?.detail??""}}function Ka(e){za(e.token),ta.set(ba,"1"),_a=e.refreshToken??_a,clearTimeout(xa),void 0!==_a&&void 0!==e.lifetimeMs&&(xa=setTimeout(qa,Math.max(e.lifetimeMs-6e4,e.lifetimeMs/2)))}function za(e){Ea=e,ta.set(wa,e),Aa.value=!0}function Xa(){Ea=null,_a=void 0,clearTimeout(xa),ta.set(wa,null),ta.set(ba,null),Aa.value=!1}async function Ja(e,t=""){Xa(),await $a().catch(()=>null),"offline"!==e?(Ia.value=e,Na.value=t,Ta.value="signed-out"):Ta.value="unreachable"}La?.addEventListener("message",()=>{null!==ta.get(ba)&&Ja("")}),addEventListener("pageshow",e=>{e.persisted&&"ready"!==Ta.value&&Ba()});var Za=Me(null),Qa=Me([]),ei=Me(!1),ti=Ue(()=>ei.value&&Qa.value.length>=ni),ni=2e4,ai="",ii=null;async function si(){if("ready"===Ta.value&&!document.hidden&&Za.value?.authenticated)try{let e=(await Oa.getCaller({})).caller;"ready"===Ta.value&&JSON.stringify(e)!==JSON.stringify(Za.value)&&(Za.value=e??null)}catch(e){if(!(e instanceof Rn))throw e;Wa(e)}}async function ri(){try{let e=await Oa.listAccounts({pageSize:1e3,pageToken:ai}),t=new Intl.Collator(void 0,{numeric:!0}),n=[...new Set([...Qa.value,...e.accounts.map(e=>e.accountId)])];Qa.value=n.sort(t.compare),ai=e.nextPageToken}catch(e){if(!(e instanceof Rn))throw e;ai=""}ei.value=""!==ai}setInterval(si,15e3),document.addEventListener("visibilitychange",si);var oi=Ue(()=>null!==Za.value&&(!Za.value.authenticated||Za.value.grants.some(e=>e.everywhere))),li=Ue(()=>oi.value||Qa.value.length>1),ui=Ue(()=>{let e=new Set([]),t=new Set([]);for(let n of Za.value?.grants??[])if(n.everywhere||n.accountId===Da.value)for(let a of n.permissions)(n.ownUserOnly?t:e).add(a);return{everybody:e,own:t}});function ci(e,t){if(null===Za.value)return!1;let{everybody:n,own:a}=ui.value;return!(Za.value.authenticated&&!n.has(e))||void 0!==t&&t===Za.value.userId&&a.has(e)}var di=Ue(()=>{let e=Za.value?.userId??"";return!ci("status.read")&&ci("status.read",e)?e:""}),hi=Ue(()=>ci("status.read")&&ci("workflow.read")),fi=Ue(()=>""!==di.value||ci("status.read")||ci("workflow.read")),pi="onduty.language",vi={en:()=>import("./en-ECQ6WTXK.js"),de:()=>import("./de-BOH4HLLW.js")},mi={en:"English",de:"Deutsch"},yi=Me("en"),$i=Me(void 0);function gi(){return $i.value}function _i(e){return e.toLocaleString(yi.value)}async function wi(e){$i.value=(await vi[e]()).texts,yi.value=e}function bi(){return Qn`<label class="language">
<span class="visually-hidden">${gi().nav.language}</span>
<select value=${yi.value} onChange=${e=>async function(e){try{await wi(e)}catch{return}na.set(pi,e)}(e.currentTarget.value)}>
${Object.entries(mi).map(([e,t])=>Qn`<option key=${e} value=${e} selected=${e===yi.value} lang=${e}>${t}</option>`)}
</select>
</label>`}var ki=1e3,Si=6e4,Ti=60*Si,Ii=24*Ti,Ni=Me(Date.now());setInterval(()=>{document.hidden||(Ni.value=Date.now())},ki),document.addEventListener("visibilitychange",()=>{Ni.value=Date.now()});var Ai=Intl.DateTimeFormat().resolvedOptions().timeZone,Ci=new Map;function Ei(e,t){let n=`${yi.value} ${e}`,a=Ci.get(n);return a||Ci.set(n,a=new Intl.DateTimeFormat(yi.value,t)),a}function xi(e,t=Date.now(),n=!1){let a=n&&e%Si<ki?void 0:"2-digit",i=Ei(`time ${a}`,{hour:"2-digit",minute:"2-digit",second:a,hourCycle:"h23"}).format(e);return new Date(e).toDateString()===new Date(t).toDateString()?i:`${(new Date(e).getFullYear()===new Date(t).getFullYear()?Ei("day",{day:"numeric",month:"short"}):Ei("date",{dateStyle:"medium"})).format(e)}, ${i}`}function Mi(e){return`${new Date(e).toISOString().replace("T"," ").replace("Z","")} UTC`}function Li(e){let{units:t}=gi(),n=Math.max(0,Math.round(e/ki)),a=[[Math.floor(n/86400),t.d],[Math.floor(n/3600)%24,t.h],[Math.floor(n/60)%60,t.min],[n%60,t.s]],i=a.findIndex(([e])=>0!==e);return i<0?`0 ${t.s}`:a.slice(i,i+2).filter(([e])=>0!==e).map(([e,t])=>`${e} ${t}`).join(" ")}function Oi(e){let{units:t}=gi();return e<Si?`${Math.max(0,Math.floor(e/ki))} ${t.s}`:e<Ti?`${Math.floor(e/Si)} ${t.min}`:e<Ii?`${Math.floor(e/Ti)} ${t.h}`:`${Math.floor(e/Ii)} ${t.d}`}var Di=/[\u202a-\u202e\u2066-\u2069]/g;function Fi(e){return e.replace(Di,"�")}function Ui(e){return e&&`⁨${Fi(e)}⁩`}var Bi={board:"M3 4h14v3H3zM3 9h14v3H3zM3 14h9v3H3z",history:"M10 3a7 7 0 1 1-6.7 5M3 3v5h5M10 6v4l3 2",whatIf:"M4 16V9M10 16V4M16 16v-5",settings:"M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",plus:"M10 4v12M4 10h12",cross:"M5 5l10 10M15 5L5 15",pencil:"M4 16l1-4 8-8 3 3-8 8zM11 6l3 3",back:"M12 4l-6 6 6 6",search:"M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM13 13l4 4",warn:"M10 3l8 14H2zM10 8v4M10 14v1",up:"M5 12l5-5 5 5",down:"M5 8l5 5 5-5",person:"M10 3a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM3.5 17a6.5 6.5 0 0 1 13 0"};function Ri({name:e}){return Qn`<svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
<path
d=${Bi[e]}
fill=${"board"===e?"currentColor":"none"}
stroke=${"board"===e?"none":"currentColor"}
stroke-width="1.7"
stroke-linecap="round"
stroke-linejoin="round"
/>
</svg>`}function Pi(){return Qn`<p class="brand"><img src="icon.svg" alt="" width="24" height="24" /> onduty</p>`}function Wi({kind:e="info",children:t,actions:n}){return Qn`<div class="notice ${e}" role=${"error"===e||"warn"===e?"alert":"status"}>
${("error"===e||"warn"===e)&&Qn`<${Ri} name="warn" />`}
<div class="notice-text">${t}</div>
${n&&Qn`<div class="notice-actions">${n}</div>`}
</div>`}function Hi({title:e,hint:t,isPage:n=!1,children:a}){return Qn`<div class="empty">
<${n?"h1":"p"} class="empty-title">${e}<//>
${t&&Qn`<p class="hint">${t}</p>`} ${a}
</div>`}function ji(){return Qn`<div class="skeleton" role="status" aria-label=${gi().common.loading}>
<span></span><span></span><span></span><span></span>
</div>`}function Vi({ms:e,now:t}){return void 0===e?null:Qn`<time dateTime=${new Date(e).toISOString()} title=${Mi(e)}>${xi(e,t)}</time>`}function qi({title:e,onClose:t,children:n,alert:a=!1}){let i=re(null),s=le();return ie(()=>{let e=document.activeElement;return i.current?.showModal(),()=>e?.focus()},[]),Qn`<dialog ref=${i} class="dialog" aria-labelledby=${s} role=${a?"alertdialog":null} onCancel=${e=>{e.preventDefault(),t()}}>
<h2 id=${s}>${e}</h2>
${n}
</dialog>`}function Gi({children:e}){let t=Fi(String(e));return Qn`<bdi class="name" title=${t}>${t}</bdi>`}function Yi(){let e=gi().start,t=Da.value,n=1!==Qa.value.length||ei.value?void 0:Qa.value[0],a=void 0!==n&&!t&&(da.value||!oi.value);if(ie(()=>{document.title=`${e.title} · onduty`,async function(){for(;ai&&Qa.value.length<ni;)await ri()}()},[]),ie(()=>{a&&va(fa(n,"board"))},[a]),a)return null;let i=0===Qa.value.length&&!oi.value;return Qn`<main class="alone">
<div class="card narrow">
<${Pi} />
<h1>${i?e.nothing:e.title}</h1>
${t&&Qn`<${Wi} kind="warn">${e.refused(`⁨${t}⁩`)}<//>`}
<p class="hint">${i?e.nothingHint(`⁨${Za.value?.name}⁩`):e.hint}</p>
${Qa.value.length>0&&Qn`<${Ki} />`} ${oi.value&&Qn`<${zi} />`}
${Aa.value&&Qn`<p class="who"><${Gi}>${Za.value?.name??""}<//>
<button type="button" class="quiet" onClick=${Pa}>${gi().nav.signOut}</button></p>`}
<${bi} />
</div>
</main>`}function Ki(){let e=gi().start,t=Je(""),n=t.value.trim().toLowerCase(),a=Qa.value.filter(e=>e.toLowerCase().includes(n)).slice(0,100);return Qn`${Qa.value.length>8&&Qn`<div class="field">
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
onInput=${e=>t.value=e.currentTarget.value}
/>
<p class="hint" role="status">
${e.shown(a.length,Qa.value.length)}${ti.value&&` ${e.notAll}`}
</p>
</div>`}
${a.length>0&&Qn`<ul class="account-list">
${a.map(e=>Qn`<li key=${e}><a href=${fa(e,"board")}><${Gi}>${e}<//></a></li>`)}
</ul>`}`}function zi(){let e=gi().start,t=Je(""),n=null!==Za.value&&!Za.value.authenticated;return Qn`<form class="token-form" onSubmit=${a=>{a.preventDefault();let i=new FormData(a.currentTarget),s=i.get("account")?.toString().trim()??"";n&&Ha(i.get("name")?.toString()??"");let r=(new TextEncoder).encode(s).length;0===r||r>128?t.value=e.tooLong:pa(fa(s,"board"))}} novalidate>
<div class="field ${t.value?"wrong":""}">
<label for="account">${e.account}</label>
<input id="account" name="account" autocomplete="off" maxlength="128" aria-invalid=${t.value?"true":null} />
${t.value&&Qn`<p class="problem" role="alert">${t.value}</p>`}
</div>
${n&&Qn`<div class="field">
<label for="own-name">${e.name}</label>
<input id="own-name" name="name" autocomplete="name" maxlength="128" value=${Ca.value} aria-describedby="name-hint" />
<p class="hint" id="name-hint">${e.nameHint}</p>
</div>`}
<button type="submit" class="primary wide">${e.open}</button>
</form>`}function Xi(){let{nav:e}=gi(),t=Qa.value;if(t.length<2||t.length>20||ei.value)return Qn`<p class="account">
<span class="hint">${e.account}</span> <${Gi}>${Da.value}<//>
${li.value&&Qn`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`;let n=t.includes(Da.value)?t:[Da.value,...t];return Qn`<p class="account">
<label class="hint" for="account">${e.account}</label>
<select
id="account"
value=${Da.value}
onChange=${e=>{pa(fa(e.currentTarget.value,ca.value.page)),e.currentTarget.value=Da.value}}
>
${n.map(e=>Qn`<option key=${e} value=${e} selected=${e===Da.value}>${e}</option>`)}
</select>
${oi.value&&Qn`<a class="quiet-link" href="#/">${e.changeAccount}</a>`}
</p>`}var Ji=class{constructor(){this.steady=1/0,this.wall=1/0}in(e){this.steady=performance.now()+e,this.wall=Date.now()+e}hasPassed(){return performance.now()>this.steady||Date.now()>this.wall}},Zi=7e3,Qi=class{constructor(e){this.wanted=e,this.resumeToken=e.resumeToken,this.closing=new AbortController,this.silence=new Ji,this.isSilent=!1,this.isWaiting=!0,this.leading=null,this.seeking=null,this.attempt=null,this.hasBegun=!1,this.isFresh=!1,this.isBegunAnew=!1,this.isShared=!1,this.endPause=()=>{},this.channel=navigator.locks?aa(e.name):null,this.channel?(this.channel.onmessage=({data:e})=>this.#e(e),this.#t({}),this.#n()):this.#a()}close(){this.closing.abort(),this.seeking?.abort(),this.#i(),this.channel?.close()}retry(){this.leading?this.endPause():this.#s("retry")}check(){let e=this.isSilent;this.isSilent=this.silence.hasPassed(),this.isSilent&&e&&(this.isSilent=!1,this.leading?this.attempt?.abort():this.#t({steal:!0}))}#s(e){this.closing.signal.aborted||this.channel?.postMessage(e)}#e(e){if(this.isShared=!0,"join"===e)this.#r();else if("retry"===e)this.endPause();else{if(this.leading)return;"lead"===e?this.silence.in(Zi):"lost"in e?(this.silence.in(e.lost.waitMs+Zi),this.wanted.onLost(e.lost)):this.#o(e)}}#r(){!this.leading||!this.hasBegun&&!this.resumeToken||(this.resumeToken="",this.isBegunAnew=!0,this.attempt?.abort(),this.endPause())}#n(){this.isWaiting=!0,this.silence.in(Zi),this.#s("join")}#o({message:e,after:t}){let{event:n}=e;if("snapshot"===n.case&&n.value.first)this.isWaiting=!1;else{if(this.isWaiting)return;if(t!==this.resumeToken)return this.#n()}this.silence.in(3500),this.resumeToken=e.resumeToken,this.wanted.onMessage(e)}#t(e){this.seeking?.abort();let t=this.seeking=new AbortController;e.steal||(e.signal=t.signal),navigator.locks.request(this.wanted.name,e,()=>this.#a()).catch(()=>{this.closing.signal.aborted||t!==this.seeking||t.signal.aborted||(this.#i(),this.#t({}),this.#n())})}#i(){this.leading?.abort(),this.leading=null,this.endPause()}async#a(){if(this.closing.signal.aborted)return;let e=this.leading=new AbortController;this.#s("lead");for(let t=0;!e.signal.aborted;){let n=this.attempt=new AbortController;this.isBegunAnew=!1;let a=await this.#l(AbortSignal.any([e.signal,n.signal]));if(this.silence.in(1/0),e.signal.aborted)return;if(this.isBegunAnew)continue;if(a&&this.wanted.isFinal(a))return this.close();t=this.isFresh?1:t+1;let i={waitMs:es(t,a),isOrderly:!a&&!n.signal.aborted&&1===t};this.#s({lost:i}),this.wanted.onLost(i),await this.#u(i.waitMs)}}async#l(e){this.hasBegun=this.isFresh=!1,this.silence.in(Zi);try{for await(let t of this.wanted.open(this.resumeToken,e)){if(e.aborted)return;this.isFresh||="bookmark"===t.event.case,this.silence.in(this.isFresh?3500:Zi),this.isShared&&this.#s({message:t,after:this.resumeToken}),this.hasBegun=!0,this.resumeToken=t.resumeToken,this.wanted.onMessage(t)}}catch(e){return e instanceof Rn?!this.resumeToken||"out_of_range"!==e.code&&"invalid_argument"!==e.code?this.wanted.isOutdated(e)&&(this.isBegunAnew=!0):(this.resumeToken="",this.isBegunAnew=!0):reportError(e),e}}#u(e){return new Promise(t=>{let n=setTimeout(()=>this.endPause(),e);this.endPause=()=>{clearTimeout(n),this.endPause=()=>{},t(void 0)}})}};function es(e,t){let n=Math.min(1e4,500*2**Math.min(e-1,10)),a=t instanceof Rn&&t.retryAfterMs||0;return Math.min(a,6e4)+n*(.5+Math.random()/2)}function ts(e){return(/^[ -~]*$/.test(e)?e:e.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu,"")).toLowerCase()}function ns({status:e,next:t,nextAt:n,nextCause:a,isConnected:i,expireAt:s,then:r}){return t===Mn.UNSPECIFIED||void 0===n?null:a===Ln.DISCONNECT&&i?void 0===s||r===Dn.AUTOMATIC?null:{status:r-1,at:s,cause:Ln.EXPIRY}:t===e&&a!==Ln.EXPIRY?null:{status:t,at:n,cause:a}}function as(e,t){return{id:e.userId,key:ts(e.userId),status:e.status,cause:e.cause,since:zn(e.statusSince)??0,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:zn(e.lastActivityTime),next:e.nextStatus,nextAt:zn(e.nextStatusTime),nextCause:e.nextCause,expireAt:zn(e.expireTime),then:e.then,isConnected:e.connected,engagements:e.engagements,checked:t}}function is(e,t){let n=zn(e.effectiveTime)??0;return{id:e.userId,key:t?.key??ts(e.userId),status:e.status,cause:e.cause,since:t?.status===e.status?t.since:n,actor:e.actor,reason:e.reason,revision:e.revision,lastActivity:e.cause===Ln.ACTIVITY?n:t?.lastActivity,next:Mn.UNSPECIFIED,nextAt:void 0,nextCause:Ln.UNSPECIFIED,expireAt:zn(e.expireTime),then:e.then,isConnected:e.cause!==Ln.DISCONNECT&&(t?.isConnected??!1),engagements:t?.engagements??0,checked:0}}var ss=new class{constructor(){this.all=new Map,this.counts={[Mn.ONLINE]:0,[Mn.AWAY]:0,[Mn.OFFLINE]:0},this.coming=null,this.onChange=()=>{},this.onReset=()=>{}}apply(e,t){if("snapshot"===e.case){if(e.value.first&&(this.coming=new Map),!this.coming)throw new Error("a snapshot without a beginning");for(let n of e.value.userStatuses)this.coming.set(n.userId,as(n,t));e.value.last&&this.#s(this.coming)}else if("changes"===e.case)for(let{change:t}of e.value.changes){if("statusChange"!==t.case)continue;let e=this.all.get(t.value.userId);(!e||t.value.revision>e.revision)&&this.#e(e,is(t.value,e))}}clear(){this.#s(new Map)}take(e,t){let n=this.all.get(e.userId);n&&n.revision>e.revision||this.#e(n,as(e,t))}#s(e){this.coming=null,this.all=e,this.counts={[Mn.ONLINE]:0,[Mn.AWAY]:0,[Mn.OFFLINE]:0};for(let{status:t}of e.values())this.#r(t,1);this.onReset()}#e(e,t){this.all.set(t.id,t),e&&this.#r(e.status,-1),this.#r(t.status,1),this.onChange(e,t)}#r(e,t){e in this.counts&&(this.counts[e]+=t)}},rs=Me(0),os=Me("connecting"),ls=Me(0),us=Ue(()=>"live"!==os.value&&ls.value>0),cs=Me(0),ds=Me(null),hs=new class{constructor(e=()=>performance.now()){this.steady=e,this.offsets=[],this.isAnew=!0}restart(){this.isAnew=!0}learn(e){this.offsets=[...this.isAnew?[]:this.offsets.slice(-29),e-this.steady()],this.isAnew=!1}now(){return this.offsets.length?this.steady()+Math.max(...this.offsets):Date.now()}},fs=new Ji,ps=0,vs=null,ms="",ys=0,$s=0;function gs(){return hs.now()}var _s=Ue(()=>"live"!==os.value&&ls.value?ls.value:Ni.value&&gs());function ws(){vs?.retry()}function bs(){ps||=setTimeout(()=>{ps=0,rs.value++},100)}function ks(e){for(let t of e)t.accountId===Da.peek()&&ss.take(t,gs());bs()}function Ss(e){os.value="connecting",hs.restart();let t=Ua();vs=new Qi({name:`onduty ${e} ${Ts()}`,resumeToken:ms,open:(n,a)=>(t=Ua(),Oa.watchStatuses({accountId:e,resumeToken:n},{signal:a})),onMessage:({event:e})=>function(e){if(ss.apply(e,gs()),bs(),"snapshot"===e.case&&e.value.first&&(ds.value=e.value.workflow??null),"changes"===e.case)for(let{change:t}of e.value.changes)"workflowChange"===t.case&&(ds.value=t.value.workflow??null);if("bookmark"===e.case){let t=zn(e.value.effectiveUntil)??0;hs.learn(t),ls.value=t;let n=t+3500-gs();n>0&&(fs.in(n),os.value="live")}}(e),onLost({waitMs:e,isOrderly:t}){os.value=t?"connecting":"lost",cs.value=Date.now()+e,hs.restart()},isOutdated:e=>e instanceof Rn&&"unauthenticated"===e.code&&t!==Ua(),isFinal:e=>!!Wa(e,t)||e instanceof Rn&&"permission_denied"===e.code&&(Ns(),os.value="denied",!0)}),ys=setInterval(As,500)}function Ts(){let{name:e="",grants:t=[]}=Za.peek()??{};return JSON.stringify([e,t])}function Is(){clearInterval(ys),vs&&(ms=vs.resumeToken),vs?.close(),vs=null}function Ns(){ms="",ss.clear(),ls.value=0,ds.value=null}function As(){"live"===os.value&&fs.hasPassed()&&(os.value="late"),vs?.check()}function Cs(){let e=gi().link,t=Ni.value;if("denied"===os.value)return null;if("connecting"===os.value||"late"===os.value)return Qn`<p class="link ${os.value}" role="status">${e[os.value]}</p>`;if("live"===os.value){let t=ls.value?`${e.liveAsOf(xi(ls.value))} (${Mi(ls.value)})`:"";return Qn`<p class="link live" role="status" title=${t}><span class="dot" aria-hidden="true"></span>${e.live}</p>`}let n=Math.ceil((cs.value-t)/ki);return Qn`<p class="link lost">
<span role="status">${e.lost}</span>
<span class="hint">${e.retrying(n)}</span>
<button type="button" class="quiet" onClick=${ws}>${e.now}</button>
</p>`}function Es(){let e=gi().link;return"late"===os.value?Qn`<p class="lost-banner" role="alert">${e.lateAt(xi(ls.value))}</p>`:"lost"!==os.value?null:Qn`<p class="lost-banner" role="alert">${us.value?e.lostAt(xi(ls.value)):e.neverConnected}</p>`}addEventListener("online",ws),addEventListener("pageshow",As),document.addEventListener("resume",As),document.addEventListener("visibilitychange",()=>{clearTimeout($s),document.hidden?$s=setTimeout(Is,6e4):(As(),!vs&&"ready"===Ta.peek()&&Da.peek()&&"denied"!==os.peek()&&Ss(Da.peek()))}),He(()=>{let e=Da.value;"ready"===Ta.value&&e?function(e){Is(),Ns(),hi.peek()?Ss(e):os.value="denied"}(e):Is()});var xs={[Mn.ONLINE]:"ONLINE",[Mn.AWAY]:"AWAY",[Mn.OFFLINE]:"OFFLINE"};function Ms(e){return xs[e]??"NONE"}function Ls(e){return gi().status[Ms(e)]}function Os({status:e}){let t=Ms(e);return Qn`<svg class="shape ${t.toLowerCase()}" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
${"ONLINE"===t&&Qn`<circle cx="8" cy="8" r="7" fill="currentColor" />`}
${"AWAY"===t&&Qn`<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2" />
<path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />`}
${("OFFLINE"===t||"NONE"===t)&&Qn`<circle
cx="8"
cy="8"
r="6"
fill="none"
stroke="currentColor"
stroke-width="2"
stroke-dasharray=${"NONE"===t?"3 3":null}
/>`}
</svg>`}function Ds({status:e,large:t=!1}){return Qn`<span class="status ${Ms(e).toLowerCase()} ${t?"large":""}">
<${Os} status=${e} />${Ls(e)}
</span>`}var Fs=Me(0),Us=()=>{let e=getComputedStyle(document.documentElement);Fs.value=parseFloat(e.getPropertyValue("--row"))*parseFloat(e.fontSize)};function Bs({count:e,row:t,head:n,label:a,kept:i=-1,top:s,onRange:r}){let o=Fs.value,l=re(null),u=re(null),[c,d]=(Y=1,function(e,t){var n=ae(P++,2);if(n.t=e,!n.__c&&(n.__=[me(void 0,t),function(e){var t=(n.__N||n.__)[0],a=n.t(t,e);G(t,a)||(n.__N=[a,n.__[1]],n.__c.setState({}))}],n.__c=W,!W.__f)){W.__f=!0;var a=W.shouldComponentUpdate;W.shouldComponentUpdate=function(e,t,n){var i=this.__H;if(!i)return!0;var s=!1,r=this.props!=e;if(i.__.some(function(e){e.__N&&(s=!0,G(e.__[0],e.__N[0])||(r=!0))}),a){var o=a.call(this,e,t,n);return s?o||r:o}return!s||r}}return n.__}(me,{first:0,last:40})),h=()=>{let e=l.current;if(!e)return;let t=Math.max(0,Math.floor(e.scrollTop/o)-6),n=Math.ceil((e.scrollTop+e.clientHeight)/o)+6;d(e=>e.first===t&&e.last===n?e:{first:t,last:n}),r?.(t,n)};ie(()=>{let e=l.current;h();let t=new ResizeObserver(h);return t.observe(e),e.addEventListener("scroll",h,{passive:!0}),()=>{t.disconnect(),e.removeEventListener("scroll",h)}},[o,r]),se(()=>{l.current&&(l.current.scrollTop=0)},[s]),se(()=>{if(!u.current||!l.current)return;let{index:e,control:t}=u.current,n=Rs(l.current.querySelector(`[aria-rowindex="${e+2}"]`));n.length&&(u.current=null,n[Math.min(t,n.length-1)].focus({preventScroll:!0}))});let f=Math.min(c.first,e),p=Math.min(c.last,e),v=Array.from({length:Math.max(0,p-f)},(e,t)=>f+t);i>=0&&i<f?v.unshift(i):i>=p&&i<e&&v.push(i);let m=v.map(e=>t(e)),y=Math.min(e*o,15e6);return Qn`<div
class="rows"
ref=${l}
role="grid"
aria-label=${a}
aria-rowcount=${e+1}
tabindex="0"
onKeyDown=${t=>{let n=t.target,a=n.closest(".rows-all [aria-rowindex]"),i=Rs(a),s=i.indexOf(n),r=a?Number(a.getAttribute("aria-rowindex"))-2:-1,f=function({key:e,ctrlKey:t},{index:n,control:a,range:i,count:s,rowHeight:r,height:o}){let l=Math.max(1,Math.floor(o/r)-2);if(n<0){let t=i.first?i.first+6:0;return"ArrowDown"===e&&s?{index:t,control:0}:void 0}switch(e){case"ArrowDown":return{index:n+1,control:a};case"ArrowUp":return{index:n-1,control:a};case"PageDown":return{index:n+l,control:a};case"PageUp":return{index:n-l,control:a};case"Home":return t?{index:0,control:a}:{index:n,control:0};case"End":return t?{index:s-1,control:a}:{index:n,control:1/0};case"ArrowRight":return{index:n,control:a+1};case"ArrowLeft":return{index:n,control:a-1};default:return}}(t,{index:r,control:s,range:c,count:e,rowHeight:o,height:l.current?.clientHeight??0});!f||t.altKey||t.metaKey||(t.preventDefault(),f.index===r?i[Math.max(0,Math.min(i.length-1,f.control))]?.focus():((t,n)=>{let a=l.current;u.current={index:Math.max(0,Math.min(e-1,t)),control:n};let i=a.firstElementChild?.clientHeight??0,s=u.current.index*o,r=s+o+i-a.clientHeight;a.scrollTop=Math.max(r,Math.min(s,a.scrollTop)),d(e=>({...e})),h()})(f.index,f.control))}}
>
${n}
<div class="rows-all" role="rowgroup" style=${{height:`${y}px`}}>${m}</div>
</div>`}function Rs(e){return[...e?.querySelectorAll("a, button, input")??[]]}function Ps({cause:e,actor:t,reason:n,...a},i){let s=gi().cause;switch(e){case Ln.INACTIVITY:return void 0===i?s.inactivity:s.inactive(Oi(i));case Ln.ACTIVITY:return s.activity;case Ln.MANUAL:{let e=[t?s.by(Ui(t)):s.byHand,Ws(a)].filter(Boolean).join(" ");return n?s.withReason(e,Ui(n)):e}case Ln.EXPIRY:return s.expiry;case Ln.DISCONNECT:return s.disconnect;default:return""}}function Ws({expireAt:e,then:t=Dn.UNSPECIFIED}){return void 0===e?"":gi().cause.until(xi(e,Date.now(),!0),t>Dn.AUTOMATIC?js(t):"")}function Hs(e){return gi().cause.names[Ln[e]]??""}function js(e){return e>Dn.AUTOMATIC?Ls(e-1):gi().setStatus.automatic}Us(),addEventListener("resize",Us);var Vs={person:()=>0,status:(e,t)=>e.status-t.status,since:(e,t)=>e.since-t.since},qs=150,Gs=Me(""),Ys=Me(new Set),Ks=Me({by:"person",down:!1}),zs=Me(new Set),Xs=Me(!1),Js=new class{constructor(){this.rows=[],this.wanted={by:"person",down:!1,search:"",statuses:new Set}}reset(e,t){this.wanted=t,this.rows=[];for(let t of e)this.#s(t)&&this.rows.push(t);this.rows.sort((e,t)=>this.#e(e,t))}change(e,t){let n=e&&this.#s(e)?this.#r(e):-1,a=this.#s(t);n>=0&&a&&0===this.#e(e,t)?this.rows[n]=t:(n>=0&&this.rows.splice(n,1),a&&this.rows.splice(this.#r(t),0,t))}indexOf(e){return this.#s(e)?this.#r(e):-1}#s(e){let{search:t,statuses:n}=this.wanted;return(0===n.size||n.has(e.status))&&(""===t||e.key.includes(t))}#e(e,t){let n=Vs[this.wanted.by](e,t)||function(e,t){return e.key!==t.key?e.key<t.key?-1:1:e.id<t.id?-1:e.id>t.id?1:0}(e,t);return this.wanted.down?-n:n}#r(e){let t=0,n=this.rows.length;for(;t<n;){let a=t+n>>1;this.#e(this.rows[a],e)<0?t=a+1:n=a}return t}},Zs=[],Qs=0,er=Me(0),tr=Ue(()=>{if(rs.value,er.value,!Xs.value)return{count:Js.rows.length,at:e=>Js.rows.at(e)};let e=Zs;return{count:e.length,at:t=>ss.all.get(e[t]?.id)??e.at(t)}});function nr(){let{by:e,down:t}=Ks.peek();Js.reset(ss.all.values(),{by:e,down:t,search:ts(Gs.peek().trim()),statuses:Ys.peek()}),ir()}function ar(){"person"===Ks.peek().by&&0===Ys.peek().size||(Xs.peek()||(Zs=[...Js.rows]),Xs.value=!0,clearTimeout(Qs),Qs=setTimeout(ir,5e3))}function ir(){clearTimeout(Qs),Xs.value=!1,Zs=[]}ss.onChange=(e,t)=>Js.change(e,t),ss.onReset=()=>{nr();let e=[...zs.peek()].filter(e=>ss.all.has(e));e.length<zs.peek().size&&(zs.value=new Set(e)),bs()},He(()=>{Gs.value,Ys.value,Ks.value,nr(),er.value=er.peek()+1}),He(()=>{Da.value,zs.value=new Set});var sr=[0,40],rr=0,or=0,lr=0,ur=null,cr=!1;function dr(e,t){e===sr[0]&&t===sr[1]||(sr=[e,t],ur?.abort(),or=1/0,hr(qs))}function hr(e){let t=performance.now()+e;!cr||t>=or||(clearTimeout(rr),or=t,rr=setTimeout(pr,e))}function fr(){let{at:e}=tr.peek(),t=[];for(let n=sr[0];n<Math.min(sr[1],sr[0]+200);n++){let a=e(n);a&&t.push(a)}return t}async function pr(){or=1/0;let e=fr().map(e=>e.id);if(e.length&&"live"===os.peek()&&!document.hidden){ur?.abort();let t=ur=new AbortController;lr=performance.now();try{ks((await Oa.batchGetStatuses({accountId:Da.peek(),userIds:e},{signal:t.signal})).userStatuses)}catch(e){if(!(e instanceof Rn))throw e;if(Wa(e))return}if(ur!==t)return;ur=null}let t=gs();hr(fr().some(({nextAt:e})=>void 0!==e&&e-t<1e4)?1e3:4e3)}function vr(){cr=!0,or=1/0,hr(qs);let e=He(()=>{tr.value,"live"===os.value&&!ur&&fr().some(({checked:e})=>0===e)&&hr(Math.max(qs,lr+1e3-performance.now()))}),t=He(()=>{ds.value,hr(qs)}),n=()=>hr(0);return document.addEventListener("visibilitychange",n),()=>{cr=!1,clearTimeout(rr),ur?.abort(),document.removeEventListener("visibilitychange",n),e(),t()}}function mr(){return Js.rows.length>0&&zs.value.size>0&&Js.rows.every(({id:e})=>zs.value.has(e))}function yr(){let e=new Set(zs.value);if(mr())for(let{id:t}of Js.rows)e.delete(t);else for(let{id:t}of Js.rows)e.add(t);zs.value=e}function $r({person:e,index:t,top:n,onSet:a}){let i=gi().board,s=Fi(e.id),r=zs.value.has(e.id);return Qn`<div
class="row ${r?"selected":""}"
role="row"
aria-rowindex=${t+2}
data-id=${e.id}
style=${{transform:`translateY(${n}px)`}}
>
<div class="cell check" role="gridcell">
${ci("status.write")&&Qn`<input
type="checkbox"
tabindex="-1"
aria-label=${i.select(s)}
checked=${r}
onChange=${()=>function(e){let t=new Set(zs.value);t.delete(e)||t.add(e),zs.value=t}(e.id)}
/>`}
</div>
<div class="cell person" role="rowheader">
<a href=${ha("person",e.id)} tabindex="-1"><${Gi}>${e.id}<//></a>
</div>
<div class="cell status-cell" role="gridcell"><${Ds} status=${e.status} /></div>
<${gr} person=${e} />
<${_r} person=${e} />
<div class="cell next" role="gridcell"><${wr} person=${e} /></div>
<div class="cell act" role="gridcell">
${ci("status.write")&&Qn`<button
type="button"
class="icon-button"
tabindex="-1"
aria-label=${i.set(s)}
title=${i.set(s)}
onClick=${()=>a(e.id)}
>
<${Ri} name="pencil" />
</button>`}
</div>
</div>`}function gr({person:e}){let{cause:t,checked:n,lastActivity:a}=e,i=Ps(e,t===Ln.INACTIVITY&&n&&void 0!==a?_s.value-a:void 0);return Qn`<div class="cell why" role="gridcell" title=${i}>${i}</div>`}function _r({person:e}){let t=Oi(_s.value-e.since);return Qn`<div class="cell since" role="gridcell">
<time dateTime=${new Date(e.since).toISOString()} title=${Mi(e.since)}>${t}</time>
</div>`}function wr({person:e}){let t=ns(e),n=_s.value,a="live"!==os.value&&!di.value||n-e.checked>1e4;return!t||a?Qn`<span class="hint">–</span>`:Qn`<span class="countdown ${t.at-n<6e4?"near":""}" title=${`${Hs(t.cause)}, ${Mi(t.at)}`}>
${gi().board.nextIn(Ls(t.status),function(e){let t=Math.max(0,Math.ceil(e/ki)),n=e=>String(e).padStart(2,"0");if(t>=86400)return Li(e);let a=Math.floor(t/3600),i=Math.floor(t/60)%60;return a?`${a}:${n(i)}:${n(t%60)}`:`${i}:${n(t%60)}`}(t.at-n))}
</span>`}function br(e){let t=gi().errors;if(!(e instanceof Rn))throw e;switch(e.code){case"permission_denied":return t.denied;case"deadline_exceeded":return t.timeout;case"resource_exhausted":return t.limit;case"unavailable":return"STORE_UNAVAILABLE"===e.reason?t.store:t.unreachable;default:return t.failed(e.violations[0]?.description??e.message)}}function kr(e){return e instanceof Rn&&"canceled"===e.code}var Sr=[15,30,60,120,240],Tr={minutes:0,time:"",then:Dn.AUTOMATIC};function Ir({minutes:e,time:t,then:n},a=gs()){if(e>0)return{ttl:Jn(e*Si),then:n};if(-1!==e)return{};let[i,s]=t.split(":").map(Number),r=new Date(a);return r.setHours(i,s,0,0),r.getTime()<a+ki&&r.setDate(r.getDate()+1),{expireTime:Xn(r.getTime()),then:n}}function Nr({until:e,status:t,onChange:n,disabled:a}){let i=gi().setStatus,s=[[0,i.open],...Sr.map(e=>[e,i.inTime(Li(e*Si))]),[-1,i.at]],r=[Dn.AUTOMATIC,Dn.ONLINE,Dn.AWAY,Dn.OFFLINE].filter(e=>e>1||t!==Mn.OFFLINE);return Qn`<div class="tools" role="group">
<${Ar}
label=${i.until}
value=${e.minutes}
options=${s}
onChange=${t=>n({...e,minutes:t})}
disabled=${a}
/>
${-1===e.minutes&&Qn`<label class="labelled"
>${i.time}
<input
type="time"
value=${e.time}
disabled=${a}
onInput=${t=>n({...e,time:t.currentTarget.value})}
/></label>`}
${0!==e.minutes&&Qn`<${Ar}
label=${i.then}
value=${r.includes(e.then)?e.then:Dn.AWAY}
options=${r.map(e=>[e,js(e)])}
onChange=${t=>n({...e,then:t})}
disabled=${a}
/>`}
</div>`}function Ar({label:e,value:t,options:n,onChange:a,disabled:i}){return Qn`<label class="labelled"
>${e}
<select disabled=${i} onChange=${e=>a(Number(e.currentTarget.value))}>
${n.map(([e,n])=>Qn`<option value=${e} selected=${e===t}>${n}</option>`)}
</select></label
>`}function Cr({ids:e,onClose:t}){let n=gi().setStatus,a=Je(e),i=Je(1===e.length&&ss.all.get(e[0])?.status||Mn.ONLINE),s=Je(""),r=Je(Tr),o=Je(-1),l=Je([]),u=re(new AbortController),c=(new TextEncoder).encode(s.value).length>512,d=o.value>=0,h=1===e.length,f=!c&&!d&&!function({minutes:e,time:t}){return-1===e&&!t}(r.value),p=()=>{u.current.abort(),(!d||h)&&t()},v=h?n.title(Ui(e[0])):n.titleMany(a.value.length);return Qn`<${qi} title=${v} onClose=${p}>
<form onSubmit=${async e=>{if(e.preventDefault(),!f)return;o.value=0,l.value=[];let{signal:n}=u.current=new AbortController,c={status:i.value,reason:s.value.trim(),...Ir(r.value)},d=await async function(e,t,n,a){let i=Da.peek(),s=new Set(e),r=[...e],o=[],l=!1;return await Promise.all(Array.from({length:Math.min(4,e.length)},async()=>{for(let u=r.shift();void 0!==u&&!l&&!n.aborted;u=r.shift()){try{let{userStatus:n}=await Lr(()=>Oa.setStatus({accountId:i,userId:u,...t}),e.length>1);s.delete(u),n&&ks([n])}catch(e){Wa(e)?l=!0:o.push({id:u,why:br(e)}),e instanceof Rn&&("unavailable"===e.code||"deadline_exceeded"===e.code)&&(l=!0)}a()}})),{left:[...s],failures:o}}(a.value,c,n,()=>o.value++);o.value=-1,a.value=d.left,l.value=d.failures,h||(zs.value=new Set(d.left)),0===d.left.length&&t()}} novalidate>
${h?Qn`<${Er} id=${e[0]} />`:Qn`<${xr} ids=${a.value} />`}
<fieldset class="segments" disabled=${d}>
<legend>${n.status}</legend>
${[Mn.ONLINE,Mn.AWAY,Mn.OFFLINE].map(e=>Qn`<label class="segment" key=${e}>
<input type="radio" name="status" checked=${i.value===e} onChange=${()=>i.value=e} />
<${Ds} status=${e} />
</label>`)}
</fieldset>
<${Nr}
until=${r.value}
status=${i.value}
onChange=${e=>r.value=e}
disabled=${d}
/>
<div class="field ${c?"wrong":""}">
<label for="reason">${n.reason} <span class="hint">(${n.optional})</span></label>
<input
id="reason"
autocomplete="off"
disabled=${d}
value=${s.value}
aria-describedby="reason-hint"
aria-invalid=${c?"true":null}
onInput=${e=>s.value=e.currentTarget.value}
/>
<p class=${c?"problem":"hint"} id="reason-hint">${c?n.reasonTooLong:n.reasonHint}</p>
</div>
<${Mr} failed=${l.value} left=${a.value.length} isOne=${h} />
<div class="dialog-actions">
${d&&!h&&Qn`<span class="hint" role="status">${n.progress(o.value,a.value.length)}</span>`}
<button type="button" onClick=${p}>${d&&!h?n.stop:gi().common.cancel}</button>
<button type="submit" class="primary" disabled=${!f}>${n.submit}</button>
</div>
</form>
<//>`}function Er({id:e}){rs.value;let t=ss.all.get(e);return t?Qn`<p>${gi().setStatus.now} <${Ds} status=${t.status} /> <span class="hint">${Ps(t)}</span></p>`:null}function xr({ids:e}){let t=e.slice(0,5).map((e,t)=>Qn`${t>0&&", "}<bdi key=${e}>${Fi(e)}</bdi>`);return Qn`<p class="hint">${t}${e.length>5&&Qn` ${gi().common.more(e.length-5)}`}</p>`}function Mr({failed:e,left:t,isOne:n}){return 0===e.length?null:n?Qn`<${Wi} kind="error">${e[0].why}<//>`:Qn`<${Wi} kind="error">
<p>${gi().setStatus.failed(t)}</p>
<ul class="lines">
${e.slice(0,5).map(({id:e,why:t})=>Qn`<li key=${e}><${Gi}>${e}<//>: ${t}</li>`)}
</ul>
${e.length>5&&Qn`<p>${gi().common.more(e.length-5)}</p>`}
<//>`}async function Lr(e,t){for(let n=0;;n++)try{return await e()}catch(e){if(!(t&&10!==n&&e instanceof Rn&&"LIMIT_EXCEEDED"===e.reason))throw e;await new Promise(t=>setTimeout(t,Math.min(e.retryAfterMs??1e3,1e4)))}}var Or=[Mn.ONLINE,Mn.AWAY,Mn.OFFLINE];function Dr(){let e=gi().board,t=Je(null),n=Je("");ie(vr,[]);let{count:a,at:i}=tr.value;if("denied"===os.value)return Qn`<${Hi} isPage title=${gi().errors.denied} />`;let s=!ls.value&&"lost"!==os.value&&0===a;return Qn`<h1 class="visually-hidden">${e.title}</h1>
<${Es} />
<div class="board ${us.value?"stale":""} ${ci("status.write")?"":"read-only"}">
<${Fr} />
<${Br} onSet=${()=>t.value=[...zs.value]} />
${s?Qn`<${ji} />`:Qn`<div
class="rows-frame"
onFocusIn=${e=>{n.value=e.target.closest("[data-id]")?.dataset.id??"",e.target.matches(":focus-visible")&&ar()}}
onFocusOut=${()=>n.value=""}
onKeyDown=${ar}
onPointerMove=${ar}
onPointerLeave=${ir}
>
<${Bs}
count=${a}
row=${e=>{let n=i(e);return n?Qn`<${$r}
key=${n.id}
person=${n}
index=${e}
top=${e*Fs.value}
onSet=${e=>t.value=[e]}
/>`:null}}
head=${Qn`<${Rr} />`}
label=${e.title}
kept=${n.value?function(e){if(Xs.peek())return Zs.findIndex(t=>t.id===e);let t=ss.all.get(e);return t?Js.indexOf(t):-1}(n.value):-1}
top=${`${Gs.value} ${[...Ys.value]} ${Object.values(Ks.value)}`}
onRange=${dr}
/>
</div>`}
${!s&&0===a&&Qn`<${Wr} />`}
</div>
${t.value&&Qn`<${Cr} ids=${t.value} onClose=${()=>t.value=null} />`}`}function Fr(){let e=gi().board;rs.value;let{counts:t}=ss,n=Ys.value;return Qn`<div class="tools">
<div class="search">
<${Ri} name="search" />
<input
type="search"
aria-label=${e.search}
placeholder=${e.search}
value=${Gs.value}
onInput=${e=>Gs.value=e.currentTarget.value}
/>
</div>
<div class="chips" role="group" aria-label=${e.filter}>
<button
type="button"
class="chip"
aria-pressed=${0===n.size?"true":"false"}
onClick=${()=>Ys.value=new Set}
>
<span>${e.all}</span> <${Ur} n=${ss.all.size} />
</button>
${Or.map(e=>Qn`<button
type="button"
key=${e}
class="chip"
aria-pressed=${n.has(e)?"true":"false"}
onClick=${()=>function(e){let t=new Set(Ys.value);t.delete(e)||t.add(e),Ys.value=3===t.size?new Set:t}(e)}
>
<${Os} status=${e} /><span>${Ls(e)}</span>
<${Ur} n=${t[e]} />
</button>`)}
</div>
${Xs.value&&Qn`<p class="hint end">${e.held}</p>`}
</div>`}function Ur({n:e}){return Qn`<span class="count">${ls.value||e?_i(e):"–"}</span>`}function Br({onSet:e}){let t=gi().board,n=zs.value.size;return 0!==n&&ci("status.write")?Qn`<div class="selection" role="status">
<span>${t.selected(n)}</span>
<button type="button" class="primary" onClick=${e}>${t.setSelected}</button>
<button type="button" class="quiet" onClick=${()=>zs.value=new Set}>${t.clear}</button>
</div>`:null}function Rr(){let e=gi().board;return tr.value,Qn`<div class="rows-head" role="rowgroup">
<div class="row" role="row" aria-rowindex="1">
<div class="cell check" role="columnheader">
${ci("status.write")?Qn`<input type="checkbox" aria-label=${e.selectAll} checked=${mr()} onChange=${yr} />`:Qn`<span class="visually-hidden">${e.selectAll}</span>`}
</div>
<${Pr} by="person" name=${e.person} />
<${Pr} by="status" name=${e.status} />
<div class="cell why" role="columnheader">${e.cause}</div>
<${Pr} by="since" name=${e.since} />
<div class="cell next" role="columnheader">${e.next}</div>
<div class="cell act" role="columnheader"><span class="visually-hidden">${e.setSelected}</span></div>
</div>
</div>`}function Pr({by:e,name:t}){let{by:n,down:a}=Ks.value,i=n===e;return Qn`<div class="cell ${e}" role="columnheader" aria-sort=${i?a?"descending":"ascending":"none"}>
<button type="button" class="sorter" onClick=${()=>function(e){let{by:t,down:n}=Ks.value;Ks.value={by:e,down:t===e?!n:"since"===e}}(e)}>
${t}${i&&Qn`<${Ri} name=${a?"down":"up"} />`}
</button>
</div>`}function Wr(){let e=gi().board;return 0===ss.all.size?"live"===os.value?Qn`<${Hi} title=${e.empty} hint=${e.emptyHint} />`:null:Qn`<${Hi} title=${e.noMatch}><button type="button" onClick=${()=>{Gs.value="",Ys.value=new Set}}>${e.showAll}</button><//>`}var Hr=e=>new Date(e).toISOString();function jr(e){let t=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(t)?`"${t.replaceAll('"','""')}"`:t}var Vr=2e4;async function qr({accountId:e,userId:t,start:n,end:a,signal:i,most:s=Vr},r=Oa){let o=[],l="";do{let s={startTime:Xn(n),endTime:void 0===a?void 0:Xn(a)},u=await r.listStatusChanges({accountId:e,userId:t,...s,pageSize:1e3,pageToken:l},{signal:i});for(let e of u.changes)o.push({id:e.userId,revision:e.revision,from:e.previousStatus,to:e.status,cause:e.cause,actor:e.actor,reason:e.reason,at:zn(e.effectiveTime)??0,expireAt:zn(e.expireTime),then:e.then});l=u.nextPageToken}while(l&&o.length<s);return{changes:o.sort(Gr),isCapped:""!==l}}function Gr(e,t){return t.at-e.at||Number(t.revision-e.revision)}var Yr=class{constructor(e,t,n){this.wanted=e,this.calls=n,this.changes=[],this.from=e.end??t,this.until=e.end,this.isCut=!1,this.sliceMs=e.userId?Math.max(1,this.from-e.start):6e4}get isComplete(){return this.from<=this.wanted.start}async more(e,t){let n=this.changes.length;for(;!this.isComplete&&!t(this.changes)&&this.changes.length-n<Vr;){let t=Math.max(this.wanted.start,this.from-this.sliceMs),n=this.from-t<=1,a=n?Vr:4e3,i=await qr({...this.wanted,start:t,end:this.until,signal:e,most:a},this.calls);!i.isCapped||n?(this.isCut||=i.isCapped,this.changes.push(...i.changes),this.from=this.until=t,i.changes.length<400&&(this.sliceMs*=8)):this.sliceMs=Math.max(1,Math.floor((this.from-t)/8))}}},Kr=["hour","today","yesterday","7","30","days"];function zr(e,t,n,a){switch(e){case"hour":return{start:a-36e5,end:void 0};case"today":return{start:Jr(new Date(a),0),end:void 0};case"yesterday":return{start:Jr(new Date(a),-1),end:Jr(new Date(a),0)};case"days":{let[e,a]=[Jr(Xr(t),0),Jr(Xr(n||t),1)];return e<a?{start:e,end:a}:null}default:return{start:Jr(new Date(a),1-Number(e)),end:void 0}}}function Xr(e){let[t,n,a]=e.split("-").map(Number);return new Date(t,n-1,a)}function Jr(e,t){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+t).getTime()}var Zr=[["MANUAL",Ln.MANUAL],["INACTIVITY",Ln.INACTIVITY],["ACTIVITY",Ln.ACTIVITY],["EXPIRY",Ln.EXPIRY],["DISCONNECT",Ln.DISCONNECT]];function Qr(){let e=gi().history,t=Je(""),n=Je("today"),a=Je(function(e){let t=new Date(e),n=e=>String(e).padStart(2,"0");return`${t.getFullYear()}-${n(t.getMonth()+1)}-${n(t.getDate())}`}(Date.now())),i=Je(a.value),s=Je(0),r=Je(0),o=Je(null),l=Je(0),u=Je(""),c=Je(null),d=e=>!s.value||e.cause===s.value,h=async(e,t)=>{let n=e.changes.filter(d).length+500;c.value=t,u.value="";try{await e.more(t.signal,e=>e.filter(d).length>=n),o.value=e}catch(e){if(kr(e)||Wa(e))return;u.value=br(e)}c.value===t&&(c.value=null)},f=zr(n.value,a.value,i.value,Date.now());ie(()=>{let e=new AbortController,s=setTimeout(()=>{let s=Date.now(),r=zr(n.value,a.value,i.value,s);o.value=null,l.value=s,r&&h(new Yr({accountId:Da.peek(),userId:t.value.trim(),...r},s),e)},t.value?400:0);return()=>{clearTimeout(s),e.abort(),c.value?.abort()}},[t.value,n.value,a.value,i.value,s.value,r.value]);let p=o.value,v=p?.changes.filter(d)??[],m=ts(t.value.trim()),y=m?[...ss.all.values()].filter(e=>e.key.includes(m)).slice(0,20):[];return Qn`<h1>${e.title}</h1>
<div class="tools">
<label class="labelled"
>${e.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${e.anybody}
value=${t.value}
onInput=${e=>t.value=e.currentTarget.value}
/>
<datalist id="people">${y.map(({id:e})=>Qn`<option key=${e} value=${e}></option>`)}</datalist>
</label>
<label class="labelled"
>${e.range}
<select onChange=${e=>n.value=e.currentTarget.value}>
${Kr.map(t=>Qn`<option value=${t} selected=${t===n.value}>${e.ranges[t]}</option>`)}
</select></label
>
${"days"===n.value&&[[e.firstDay,a],[e.lastDay,i]].map(([e,t])=>Qn`<label class="labelled" key=${e}
>${e}
<input type="date" value=${t.value} onChange=${e=>t.value=e.currentTarget.value}
/></label>`)}
<label class="labelled"
>${e.cause}
<select onChange=${e=>s.value=Number(e.currentTarget.value)}>
<option value="0">${e.anyCause}</option>
${Zr.map(([e,t])=>Qn`<option value=${t}>${gi().cause.names[e]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>r.value++}>${e.refresh}</button>
${v.length>0&&Qn`<button type="button" onClick=${()=>function(e,t){let n=document.createElement("a");n.href=URL.createObjectURL(new Blob(["\ufeff",t],{type:"text/csv;charset=utf-8"})),n.download=e,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),6e4)}(`${Da.value}.csv`,function(e){return["effective_time,user_id,previous_status,status,cause,actor,reason,expire_time,then",...e.map(({at:e,id:t,from:n,to:a,cause:i,actor:s,reason:r,expireAt:o,then:l})=>{let u=void 0===o?["",""]:[Hr(o),Dn[l]];return[Hr(e),t,Mn[n],Mn[a],Ln[i],s,r,...u].map(jr).join(",")}),""].join("\r\n")}(v))}>${e.download}</button>`}
<p class="hint end" role="status">
${p?`${e.shown(v.length)} · ${e.readAt(xi(l.value))}`:gi().common.loading}
${" "}· ${gi().common.zone(Ai)}
</p>
</div>
${!f&&Qn`<${Wi} kind="warn">${e.noDays}<//>`}
${u.value&&Qn`<${Wi}
kind="error"
actions=${Qn`<button type="button" onClick=${()=>r.value++}>${gi().common.retry}</button>`}
>${u.value}<//
>`}
${p?.isCut&&Qn`<${Wi} kind="warn">${e.cut}<//>`}
${p&&v.length>0&&Qn`<${eo} changes=${v} top=${l.value} />`}
${p&&0===v.length&&Qn`<${Hi} title=${e.empty} hint=${t.value?e.wholeName:e.kept} />`}
${!p&&f&&!u.value&&Qn`<${ji} />`}
${p&&!p.isComplete&&Qn`<p class="older">
<button type="button" disabled=${null!==c.value} onClick=${()=>h(p,new AbortController)}>
${c.value?gi().common.loading:e.older}
</button>
<span class="hint">${e.readFrom(xi(p.from))}</span>
</p>`}`}function eo({changes:e,top:t}){let n=gi().history,a=Qn`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${n.time}</div>
<div class="cell person" role="columnheader">${n.person}</div>
<div class="cell what" role="columnheader">${n.change}</div>
<div class="cell why" role="columnheader">${n.why}</div>
</div>
</div>`;return Qn`<${Bs}
count=${e.length}
row=${t=>{let n=e[t];return Qn`<div
class="row change"
role="row"
key=${String(n.revision)}
aria-rowindex=${t+2}
style=${{transform:`translateY(${t*Fs.value}px)`}}
>
<div class="cell time" role="gridcell"><${Vi} ms=${n.at} /></div>
<div class="cell person" role="rowheader"><a tabindex="-1" href=${ha("person",n.id)}><${Gi}>${n.id}<//></a></div>
<div class="cell what" role="gridcell"><${to} change=${n} /></div>
<div class="cell why" role="gridcell" title=${Ps(n)}>${Ps(n)}</div>
</div>`}}
head=${a}
label=${n.title}
top=${t}
/>`}function to({change:e}){let t=gi().history;return Qn`<span class="from-to">
<span class="visually-hidden">${t.from}</span><${Ds} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${t.to}</span>
<${Ds} status=${e.to} />
</span>`}var no=[10,30,60,120,240,720,1440],ao={[Mn.ONLINE]:1,[Mn.AWAY]:2/3,[Mn.OFFLINE]:1/3};function io({parts:e,start:t,end:n}){let a=e=>(e-t)/(n-t)*1e3,i=function(e){let t=new Map;for(let{status:n,from:a,to:i}of e)t.set(n,(t.get(n)??0)+i-a);return[...t].sort(([e],[t])=>e-t)}(e),s=gi().person.bar(i.map(([e,t])=>`${Ls(e)} ${Li(t)}`).join(", "));return Qn`<div class="timeline">
<svg viewBox="0 0 ${1e3} ${28}" preserveAspectRatio="none" role="img" aria-label=${s}>
${e.map(({status:e,from:t,to:n})=>Qn`<rect
key=${t}
class="part ${Ms(e).toLowerCase()}"
x=${a(t)}
width=${Math.max(.5,a(n)-a(t))}
y=${28*(1-ao[e])}
height=${28*ao[e]}
>
<title>${`${Ls(e)}: ${xi(t)} – ${xi(n)}`}</title>
</rect>`)}
</svg>
<div class="marks" aria-hidden="true">
${function(e,t){let n=no.find(n=>(t-e)/6e4/n<=8)??1440,a=[],i=new Date(e);i.setHours(0,0,0,0);let[s,r,o]=[i.getFullYear(),i.getMonth(),i.getDate()];for(let i=0;;i+=n){let n=new Date(s,r,o,0,i).getTime();if(n>=t)return a;n>=e&&n!==a.at(-1)&&a.push(n)}}(t,n-(n-t)/20).map(e=>Qn`<span key=${e} style=${{left:a(e)/10+"%"}}>${function(e,t){return t>2*Ii?Ei("mark day",{weekday:"short",day:"numeric"}).format(e):Ei("mark",{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}).format(e)}(e,n-t)}</span>`)}
</div>
</div>
<ul class="sums">
${i.map(([e,t])=>Qn`<li key=${e}><${Ds} status=${e} /> ${Li(t)}</li>`)}
</ul>`}var so=[8,24,168];function ro({id:e}){let t=gi().person,n=Je(!1);rs.value;let a=ss.all.get(e),i="live"===os.value;ie(()=>{if(!i)return;let t=new AbortController,n=async()=>{if(!document.hidden)try{let{userStatus:n}=await Oa.getStatus({accountId:Da.peek(),userId:e},{signal:t.signal});n&&ks([n])}catch(e){if(!(e instanceof Rn))throw e;Wa(e)}};n();let a=setInterval(n,4e3);return document.addEventListener("visibilitychange",n),()=>{clearInterval(a),document.removeEventListener("visibilitychange",n),t.abort()}},[e,a?.revision,i]);let s=Qn`<p class="crumbs"><a href=${ha("board")}><${Ri} name="back" />${t.back}</a></p>`;return"denied"===os.value?Qn`${s}<${Hi} isPage title=${gi().errors.denied} />`:a?Qn`${s}<${Es} />
<div class=${us.value?"stale":""}>
<div class="person-head">
<h1><${Gi}>${e}<//></h1>
<${Ds} status=${a.status} large />
${ci("status.write",e)&&Qn`<button type="button" onClick=${()=>n.value=!0}>${gi().board.setSelected}</button>`}
</div>
<${oo} person=${a} />
<${lo} id=${e} person=${a} />
</div>
${n.value&&Qn`<${Cr} ids=${[e]} onClose=${()=>n.value=!1} />`}`:Qn`${s}<${Es} />
${ls.value?Qn`<${Hi} isPage title=${t.unknown(Ui(e))} />`:Qn`<${ji} />`}`}function oo({person:e}){let t=gi().person,n=_s.value,{lastActivity:a}=e,i=e=>Qn`<${Vi} ms=${e} now=${n} /> <span class="hint">(${Oi(n-e)})</span>`,s=ns(e);return Qn`<dl class="facts card">
<div class="whole">
<dt>${t.why}</dt>
<dd>${Ps(e,e.checked&&void 0!==a?n-a:void 0)}</dd>
</div>
<div><dt>${t.since}</dt><dd>${i(e.since)}</dd></div>
<div><dt>${t.last}</dt><dd>${void 0===a?t.never:i(a)}</dd></div>
<div>
<dt>${t.next}</dt>
<dd>
${s?Qn`<${wr} person=${e} />`:t.none}
<p class="hint">${s&&Hs(s.cause)||" "}</p>
</dd>
</div>
<div><dt>${t.end}</dt><dd>${Ws(e)||t.nothing}</dd></div>
<div><dt>${t.connected}</dt><dd>${e.isConnected?gi().workflows.yes:gi().workflows.no}</dd></div>
<div><dt>${t.engagements}</dt><dd>${e.engagements||t.nothing}</dd></div>
</dl>`}function lo({id:e,person:t}){let n=gi().person,a=Je(24),i=Je(0),s=Je(null),r=Je(""),o=_s.value,l=i.value||o,u=a.value*Ti,c=l-u,d="live"===os.value;ie(()=>{if(!d)return;let t=new AbortController;return qr({accountId:Da.peek(),userId:e,start:c,signal:t.signal}).then(e=>{s.value={...e,start:c},r.value=""},e=>{!kr(e)&&!Wa(e)&&(r.value=br(e))}),()=>t.abort()},[e,u,i.value,t.revision,d]);let{changes:h=[],isCapped:f=!1}=s.value??{},p=null!==s.value&&s.value.start<=c,v=e=>i.value=e<_s.peek()?e:0;return Qn`<section class="card">
<div class="section-head">
<h2>${n.timeline}</h2>
<div class="steps">
<button type="button" onClick=${()=>v(c)}>${n.earlier}</button>
<button type="button" disabled=${!i.value} onClick=${()=>v(l+u)}>${n.later}</button>
<label
><span class="visually-hidden">${n.range}</span>
<select onChange=${e=>a.value=Number(e.currentTarget.value)}>
${so.map(e=>Qn`<option value=${e} selected=${e===a.value}>${n.ranges[e]}</option>`)}
</select></label
>
</div>
</div>
${i.value>0&&Qn`<p role="status">${xi(c,o)} – ${xi(l,o)}</p>`}
${r.value&&Qn`<${Wi} kind="error">${r.value}<//>`}
${f?Qn`<${Wi} kind="warn">${n.capped}<//>`:p?Qn`<${io} parts=${function(e,t,n,a){let i=[],s=(e,t,s)=>{let r=i.at(-1);t=Math.max(t,n),s=Math.min(s,a),!(e===Mn.UNSPECIFIED||s<=t)&&(r&&r.status===e&&r.from===s?r.from=t:i.push({status:e,from:t,to:s}))},r=1/0;for(let t of e)s(t.to,t.at,r),r=t.at;let o=e.at(-1);return o?s(o.from,-1/0,r):s(t.status,t.since,r),i.reverse()}(h,t,c,l)} start=${c} end=${l} />
<${uo} changes=${h.filter(({at:e})=>e>=c&&e<l)} key=${`${u} ${i.value}`} />`:!r.value&&Qn`<${ji} />`}
</section>`}function uo({changes:e}){let t=gi().person,n=Je(100);return 0===e.length?Qn`<p class="hint">${t.noChanges}</p>`:Qn`<table class="plain stacked">
<caption class="visually-hidden">${t.changes}</caption>
<thead>
<tr>
<th scope="col">${gi().history.time}</th>
<th scope="col">${gi().history.change}</th>
<th scope="col">${gi().history.why}</th>
</tr>
</thead>
<tbody>
${e.slice(0,n.value).map(e=>Qn`<tr key=${String(e.revision)}>
<td><${Vi} ms=${e.at} /></td>
<td><${to} change=${e} /></td>
<td class="breaks">${Ps(e)}</td>
</tr>`)}
</tbody>
</table>
${e.length>n.value&&Qn`<button type="button" class="quiet" onClick=${()=>n.value+=100}>${gi().common.more(e.length-n.value)}</button>`}
<p class="hint">${gi().common.zone(Ai)}</p>`}function co({id:e}){let t=re(null);return ie(()=>{let n=document.createElement("onduty-status");n.setAttribute("account-id",Da.peek()),n.setAttribute("user-id",e),n.token=()=>Ua()??void 0;let a=!1;return import("./agent.js").then(()=>a||t.current?.append(n)).catch(()=>{}),()=>{a=!0,n.remove()}},[e]),Qn`<div ref=${t}></div>`}function ho({id:e}){let t=gi(),n=Je(!1),a=Je(!1),i=Je("");rs.value;let s=ss.all.get(e);ie(()=>{let t=async()=>{if(!document.hidden)try{let{userStatus:t}=await Oa.getStatus({accountId:Da.peek(),userId:e});t&&ks([t]),i.value="",a.value=!1}catch(e){if(!(e instanceof Rn))throw e;if(Wa(e))return;a.value="not_found"===e.code,i.value=a.value?"":br(e)}};t();let n=setInterval(t,4e3);return document.addEventListener("visibilitychange",t),()=>{clearInterval(n),document.removeEventListener("visibilitychange",t)}},[e]);let r=ci("activity.write",e)&&ci("status.write",e),o=ci("status.write",e)&&Qn`<button type="button" onClick=${()=>n.value=!0}>${t.board.setSelected}</button>`;return Qn`${i.value&&Qn`<${Wi} kind="error">${i.value}<//>`}
${s?Qn`<div class=${i.value?"stale":""}>
<div class="person-head">
<h1><${Gi}>${e}<//></h1>
${r?Qn`<${co} id=${e} />`:Qn`<${Ds} status=${s.status} large />`}
${o}
</div>
<${oo} person=${s} />
<${lo} id=${e} person=${s} />
</div>`:a.value?Qn`<${Hi} isPage title=${t.person.unseenYet}>${r?Qn`<${co} id=${e} />`:o}<//>`:!i.value&&Qn`<${ji} />`}
${n.value&&Qn`<${Cr} ids=${[e]} onClose=${()=>n.value=!1} />`}`}function fo(){let e=gi().signIn,t=Je(!1),n=re(null);ie(()=>{document.title=`${e.title} · onduty`,n.current?.focus()},[]);let a=async e=>{t.value=!0,await e(),t.value=!1},i=ya.value?.issuer;return Qn`<main class="alone">
<div class="card narrow">
<${Pi} />
<h1 ref=${n} tabindex="-1">${e.title}</h1>
${Ia.value&&Qn`<${Wi} kind="warn">
<p>${e.why[Ia.value]}</p>
${Na.value&&Qn`<p class="hint"><${Gi}>${Na.value}<//></p>`}
<//>`}
${i&&Qn`<button type="button" class="primary wide" disabled=${t.value} onClick=${()=>a(Ra)}>
${e.at(new URL(i).host)}
</button>
<p class="hint">${e.atHint}</p>`}
${i?Qn`<details open=${"refused"===Ia.value}>
<summary>${e.byToken}</summary>
<${po} isBusy=${t.value} busily=${a} kind="" />
</details>`:Qn`<${po} isBusy=${t.value} busily=${a} kind="primary" />`}
<${bi} />
</div>
</main>`}function po({isBusy:e,busily:t,kind:n}){let a=gi().signIn,i=Je("");return Qn`<form class="token-form" onSubmit=${async e=>{e.preventDefault();let n=new FormData(e.currentTarget).get("token")?.toString().trim()??"";i.value=n?"":a.empty,n&&await t(()=>async function(e){Xa(),za(e),await Ba(),"signed-out"===Ta.value&&(Ia.value="refused")}(n))}} novalidate>
<div class="field ${i.value?"wrong":""}">
<label for="token">${a.token}</label>
<input
id="token"
name="token"
type="password"
autocomplete="off"
spellcheck=${!1}
aria-describedby="token-hint"
aria-invalid=${i.value?"true":null}
/>
<p class=${i.value?"problem":"hint"} id="token-hint" role=${i.value?"alert":null}>
${i.value||a.hint}
</p>
</div>
<button type="submit" class="${n} wide" disabled=${e}>${a.submit}</button>
</form>`}var vo={s:1e3,min:6e4,h:36e5,d:864e5},mo=["d","h","min","s"],yo=vo.s,$o=30*vo.d,go={text:"10",unit:"min"},_o={text:"30",unit:"min"},wo={text:"1",unit:"min"},bo=["awayAfter","offlineAfter","disconnectAfter"],ko=["enabled","away_after","offline_after","disconnect_after","disconnect_status","resume","keep_manual_away"];function So(e){return{enabled:e.enabled??!1,awayAfter:Co(zn(e.awayAfter)),offlineAfter:Co(zn(e.offlineAfter)),disconnectAfter:Co(zn(e.disconnectAfter)),disconnectStatus:e.disconnectStatus||Mn.OFFLINE,resume:e.resume||On.FROM_AWAY,keepManualAway:e.keepManualAway??!1}}function To(e,t,n){let[a,i,s]=bo.map(e=>{let n=t[e];return n?Jn(Ao(n)):void 0});return{...t,accountId:e,etag:n,awayAfter:a,offlineAfter:i,disconnectAfter:s}}function Io(e){let t={};for(let n of bo){let a=e[n];if(!a)continue;let i=Ao(a);void 0===i?t[n]="number":(i<yo||i>$o)&&(t[n]="range")}if(!t.awayAfter&&!t.offlineAfter&&e.awayAfter&&e.offlineAfter){let[n,a]=[Ao(e.awayAfter),Ao(e.offlineAfter)];a<=n&&(t.offlineAfter="order")}return e.enabled&&!bo.some(t=>e[t])&&(t.enabled="none"),t}function No(e,t){return e.enabled===t.enabled&&e.resume===t.resume&&e.keepManualAway===t.keepManualAway&&e.disconnectStatus===t.disconnectStatus&&bo.every(n=>function(e,t){if(!e||!t)return e===t;let[n,a]=[Ao(e),Ao(t)];return n===a&&(void 0!==n||e.text===t.text)}(e[n],t[n]))}function Ao({text:e,unit:t}){let[,n,a=""]=/^(\d+)(?:[.,](\d+))?$/.exec(e.trim())??[];if(void 0!==n&&(3!==a.length||"0"===n))return Math.round(+`${n}.${a}`*vo[t])}function Co(e){if(void 0===e)return null;let t=mo.find(t=>e%vo[t]===0)??"s";return{text:(e/vo[t]).toLocaleString(yi.value,{useGrouping:!1}).replace(/[.,]\d{3}$/,"$&0"),unit:t}}function Eo({offlineAfter:e}){let t=e?Ao(e):void 0;return void 0===t||t>Ao(go)?go:Co(Math.max(yo,Math.floor(t/3/yo)*yo))}function xo({awayAfter:e}){let t=e?Ao(e):void 0;return void 0===t||t<Ao(_o)?_o:Co(Math.min($o,3*t))}function Mo(){return wo}function Lo({awayAfter:e,offlineAfter:t,disconnectAfter:n}){return{awayAfter:e,offlineAfter:t,disconnectAfter:n}}var Oo=["s","min","h","d"];function Do({draft:e,faults:t,refused:n={},onChange:a,disabled:i=!1,withGone:s=!1}){let r=gi().workflows,o=re(null),l=re("");ie(()=>{l.current&&o.current?.querySelector(l.current)?.focus(),l.current=""});let u=e=>{let a=t[e];return a?r.invalid[a]:n[e]},c=[["awayAfter",r.awayAfter,r.addAway,r.removeAway,Eo],["offlineAfter",r.offlineAfter,r.addOffline,r.removeOffline,xo],...s?[["disconnectAfter",r.goneAfter,r.addGone,r.removeGone,Mo]]:[]],d=(e,t)=>{l.current=t?`.${e} input`:`.add-${e}`,a({[e]:t})};return Qn`<div class="periods" ref=${o}>
${c.map(([t,n,,s])=>{let o=e[t];return o?Qn`<${Fo}
key=${t}
name=${t}
label=${n}
period=${o}
onChange=${e=>a({[t]:e})}
removeLabel=${s}
onRemove=${()=>d(t,null)}
problem=${u(t)}
disabled=${i}
>${"disconnectAfter"===t&&Qn`<${Uo} draft=${e} onChange=${a} disabled=${i} />`}<//
>
${"offlineAfter"===t&&e.awayAfter&&Qn`<p class="hint">${r.bothStart}</p>`}
${"disconnectAfter"===t&&Qn`<p class="hint">${r.goneHint}</p>`}`:null})}
${u("enabled")&&Qn`<p class="problem" role="alert">${u("enabled")}</p>`}
${!i&&Qn`<div class="adders">
${c.map(([t,,n,,a])=>!e[t]&&Qn`<button type="button" key=${t} class="quiet add-${t}" onClick=${()=>d(t,a(e))}>
<${Ri} name="plus" />${n}
</button>`)}
</div>`}
</div>`}function Fo({name:e,label:t,period:n,onChange:a,removeLabel:i,onRemove:s,problem:r,disabled:o,children:l}){let u=le();return Qn`<div class="field ${e} ${r?"wrong":""}">
<label for=${u}>${t}</label>
<div class="field-row">
<input
id=${u}
class="short"
inputmode="decimal"
autocomplete="off"
value=${n.text}
disabled=${o}
aria-invalid=${r?"true":null}
aria-describedby=${r?`${u}-problem`:null}
onInput=${e=>a({...n,text:e.currentTarget.value})}
/>
<select
aria-label=${gi().workflows.unit(t)}
value=${n.unit}
disabled=${o}
onChange=${e=>a({...n,unit:e.currentTarget.value})}
>
${Oo.map(e=>Qn`<option value=${e} selected=${e===n.unit}>${gi().longUnits[e]}</option>`)}
</select>
${l}
${!o&&Qn`<button type="button" class="icon-button" aria-label=${i} title=${i} onClick=${s}>
<${Ri} name="cross" />
</button>`}
</div>
${r&&Qn`<p class="problem" id=${`${u}-problem`} role="alert">${r}</p>`}
</div>`}function Uo({draft:e,onChange:t,disabled:n}){return Qn`<select
aria-label=${gi().workflows.goneStatus}
disabled=${n}
onChange=${e=>t({disconnectStatus:Number(e.currentTarget.value)})}
>
${[Mn.OFFLINE,Mn.AWAY].map(t=>Qn`<option value=${t} selected=${t===e.disconnectStatus}>${Ls(t)}</option>`)}
</select>`}var Bo=1048576,Ro=[",",";","\t","|"];function Po(e=""){return/^\d{9,10}(\.\d+)?$/.test(e)?Fn.EPOCH_S:/^\d{12,13}$/.test(e)?Fn.EPOCH_MS:Fn.RFC3339}var Wo=["enabled","awayAfter","offlineAfter","disconnectAfter","disconnectStatus","resume","keepManualAway"];function Ho(e,t){let n=gi().workflows;switch(t){case"enabled":return e?.enabled?n.on:n.off;case"awayAfter":case"offlineAfter":case"disconnectAfter":{let a=Co(zn(e?.[t]));return a?`${a.text} ${gi().units[a.unit]}`:n.never}case"disconnectStatus":return Ls(e?.disconnectStatus||Mn.OFFLINE);case"resume":return n.resumes[e?.resume||1];default:return e?.keepManualAway?n.yes:n.no}}function jo({before:e,after:t}){let n=gi().workflows;return Qn`<ul class="lines">
${Wo.map(a=>{let[i,s]=[Ho(e,a),Ho(t,a)];return i===s?null:Qn`<li key=${a}>${n.fields[a]}: ${i} → ${s}</li>`})}
</ul>`}var{ONLINE:Vo,AWAY:qo,OFFLINE:Go}=Mn,Yo=[[Vo,qo],[Vo,Go],[qo,Go]],Ko=[[qo,Vo],[Go,Vo]];function zo({summary:e,name:t}){let n=gi().whatIf,[a,i]=[zn(e.firstActivityTime),zn(e.lastActivityTime)];return Qn`<p>${Ui(t)}: ${n.read(Number(e.users),Number(e.activities))}</p>
${void 0!==a&&void 0!==i&&Qn`<p class="hint">${xi(a)} – ${xi(i)} (${Li(i-a)}) · ${gi().common.zone(Ai)}</p>`}`}function Xo({title:e,settings:t,summary:n,largest:a}){let i=gi().whatIf,s=gi().workflows.fields,r=n.timeInStatus.map(e=>({status:e.status,ms:zn(e.duration)??0})),o=r.reduce((e,t)=>e+t.ms,0),[l,u]=[Number(n.activeSoonAfterAway),Zo(n,[[Vo,qo]])],[c,d]=[Number(n.ignoredActivities),Number(n.activities)],h=(e,t,i="")=>{let s=Zo(n,t);return Qn`<${Jo} label=${e} share=${s/a} kind=${i} value=${_i(s)} />`},f=(e,t)=>Qn`
${h(Qn`<strong>${e}</strong>`,t)}
${t.map(([e,t])=>h(`${Ls(e)} → ${Ls(t)}`,[[e,t]],Ms(t)))}
`;return Qn`<section class="card" aria-label=${e}>
<h2>${e}</h2>
<p class="hint">
${["awayAfter","offlineAfter","resume"].map(e=>`${s[e]}: ${Ho(t,e)}`).join(" · ")}
</p>
<h3>${i.time}</h3>
<dl class="bars">
${r.map(({status:e,ms:t})=>Qn`<${Jo}
key=${e}
label=${Qn`<${Ds} status=${e} />`}
share=${o?t/o:0}
kind=${Ms(e)}
value=${Qo(t,o)}
/>`)}
</dl>
<h3>${i.switches}</h3>
<dl class="bars">${f(i.demoted,Yo)} ${f(i.resumed,Ko)}</dl>
${d>0&&Qn`<p>${i.ignored(c,d,Qo(c,d))}</p>`}
<${Wi} kind=${u&&l/u>.1?"warn":"info"}>
<p><strong>${i.soon(l,u,Qo(l,u))}</strong></p>
<//>
</section>`}function Jo({label:e,share:t,value:n,kind:a=""}){return Qn`<div class="bar-row">
<dt>${e}</dt>
<dd>
<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
<rect class="part ${a.toLowerCase()}" width=${100*t} height="16" />
</svg>
</dd>
<dd class="value">${n}</dd>
</div>`}function Zo(e,t){return e?.switches.filter(e=>t.some(([t,n])=>e.previousStatus===t&&e.status===n))?.reduce((e,t)=>e+Number(t.count),0)??0}function Qo(e,t){return(t?e/t:0).toLocaleString(yi.value,{style:"percent",minimumFractionDigits:1,maximumFractionDigits:1})}var el="activity_time",tl="user_id",nl={enabled:!0,awayAfter:go,offlineAfter:_o,disconnectAfter:null,disconnectStatus:3,resume:1,keepManualAway:!1};function al(e){return{...So(e),enabled:!0,disconnectAfter:null,disconnectStatus:nl.disconnectStatus}}function il(){let e=gi().whatIf,t=Je(nl),n=Je(null),a=Je({time:"",user:"",format:Fn.RFC3339}),i=Je(""),s=Je(""),r=Je([]),o=Je(null),l=Io(t.value),u=!n.value?.columns.length||""!==a.value.time&&""!==a.value.user,c=null!==n.value&&u&&0===Object.keys(l).length&&!i.value;ie(()=>(Oa.getWorkflow({accountId:Da.peek()}).then(({workflow:e})=>{let n=e&&al(e);n&&(n.awayAfter||n.offlineAfter)&&t.peek()===nl&&(t.value=n)},Wa),()=>o.peek()?.abort()),[]);let d=e=>{t.value={...t.value,...e}},h=async t=>{if(n.value=null,s.value="",t){i.value="packing";try{let i=await async function(e){if(e.size>33554432)return null;let[t,n]=new Uint8Array(await e.slice(0,2).arrayBuffer()),a=31===t&&139===n,i=a?e:new Response(e.stream().pipeThrough(new CompressionStream("gzip"))),s=new Uint8Array(await i.arrayBuffer()),[r,o]=function(e){let[t="",n=""]=e.replace(/^\ufeff/,"").split(/\r?\n/,2),a=Ro.reduce((e,n)=>t.split(n).length>t.split(e).length?n:e),[i,s]=[t,n].map(e=>e.split(a).map(e=>e.trim().replace(/^"(.*)"$/,"$1")));return i.length>1&&!t.includes("\0")?[i,s]:[[],[]]}(await async function(e,t){let n=(t?e.stream().pipeThrough(new DecompressionStream("gzip")):e.stream()).getReader();try{return(new TextDecoder).decode((await n.read()).value)}catch{return""}finally{n.cancel().catch(()=>{})}}(e,a));return{name:e.name,bytes:s,columns:r,sample:o}}(t);if(i){let[e,t]=[el,tl].map(e=>i.columns.includes(e)?e:"");a.value={time:e,user:t,format:Po(i.sample[i.columns.indexOf(e)])},n.value=i}else s.value=e.tooLong}catch{s.value=e.unreadable}i.value=""}},f=e=>{e.preventDefault();let t=document.getElementById("log");"drop"!==e.type||i.value||!e.dataTransfer?.files.length||(t.files=e.dataTransfer.files,h(t.files[0]))},p=(e,t)=>{a.value={...a.value,[e]:t};let{columns:i=[],sample:s=[]}=n.value??{};"time"===e&&(a.value.format=Po(s[i.indexOf(t)]))},v=(e,t,n)=>{let{time:i,user:s,format:r}=a.value,o={log:e.bytes,timeColumn:i,userColumn:s,timeFormat:r},l=To("",t,"");return Oa.simulate({accountId:Da.peek(),workflow:l,...o},{signal:n,timeoutMs:12e4})},[m]=r.value,y=Math.max(...r.value.map(({answer:e})=>function(e){let t=[Yo,Ko].map(t=>Zo(e,t));return Math.max(1,...t)}(e.summary)));return Qn`<h1>${e.title}</h1>
<p class="hint">${e.intro}</p>
<form class="card" onSubmit=${async a=>{if(a.preventDefault(),!c||!n.value)return;s.value="",r.value=[];let{signal:l}=o.value=new AbortController;i.value="computing";try{let a=t.value,i=await v(n.value,a,l);r.value=[{title:e.tried,settings:To("",a,""),answer:i}];let{workflow:s}=await Oa.getWorkflow({accountId:Da.peek()},{signal:l}),o=al(s);if((o.awayAfter||o.offlineAfter)&&!No(o,a)){let t=await v(n.value,o,l);r.value=[...r.value,{title:e.inForce,settings:s,answer:t}]}}catch(e){!kr(e)&&!Wa(e)&&(s.value=function(e,t){let n=gi().whatIf;return t.bytes.length>Bo&&e instanceof Rn&&["unavailable","resource_exhausted"].includes(e.code)?n.large:e instanceof Rn&&"invalid_argument"===e.code?n.badLog(e.violations[0]?.description??e.message):br(e)}(e,n.value))}i.value=""}} novalidate>
<div class="drop" onDragOver=${f} onDrop=${f}>
<label for="log"><strong>${e.log}</strong></label>
<input
id="log"
type="file"
aria-describedby="log-hint"
disabled=${""!==i.value}
onChange=${e=>h(e.currentTarget.files[0])}
/>
<p class="hint" id="log-hint">${e.logHint}</p>
${n.value&&Qn`<p role="status">${e.packed(_i(Math.ceil(n.value.bytes.length/1e3)))}</p>`}
${n.value&&n.value.bytes.length>Bo&&Qn`<p class="problem">${e.large}</p>`}
</div>
${n.value&&n.value.columns.length>0&&Qn`<div class="tools">
<${sl} label=${e.timeColumn} value=${a.value.time} log=${n.value} onChange=${e=>p("time",e)} />
<${sl} label=${e.userColumn} value=${a.value.user} log=${n.value} onChange=${e=>p("user",e)} />
<label class="labelled"
>${e.format}
<select onChange=${e=>a.value={...a.value,format:Number(e.currentTarget.value)}}>
${Object.entries(e.formats).map(([e,t])=>Qn`<option value=${e} selected=${Number(e)===a.value.format}>${t}</option>`)}
</select></label
>
</div>
${!u&&Qn`<p class="problem" role="alert">${e.unmapped}</p>`}`}
<${Do} draft=${t.value} faults=${l} onChange=${d} />
<label class="labelled"
>${gi().workflows.resume}
<select onChange=${e=>d({resume:Number(e.currentTarget.value)})}>
${[1,3,2].map(e=>Qn`<option value=${e} selected=${e===t.value.resume}>${gi().workflows.resumes[e]}</option>`)}
</select></label
>
<div class="form-footer">
<p class="hint" role="status">${i.value&&e.stages[i.value]}</p>
${"computing"===i.value&&Qn`<progress aria-label=${e.stages[i.value]}></progress>
<button type="button" onClick=${()=>o.value?.abort()}>${gi().common.cancel}</button>`}
<button type="submit" class="primary" disabled=${!c}>${e.run}</button>
</div>
</form>
<div class="results">
${s.value&&Qn`<${Wi} kind="error">${s.value}<//>`}
${m?.answer.warnings.map(e=>Qn`<${Wi} kind="warn" key=${e}>${e}<//>`)}
${m?.answer.summary&&Qn`<${zo} summary=${m.answer.summary} name=${n.value?.name??""} />
<div class="compare">
${r.value.map(({title:e,settings:t,answer:n})=>Qn`<${Xo} key=${e} title=${e} settings=${t} summary=${n.summary} largest=${y} />`)}
</div>
<p class="hint">${e.soonHint}</p>`}
</div>`}function sl({label:e,value:t,log:n,onChange:a}){return Qn`<label class="labelled"
>${e}
<select onChange=${e=>a(e.currentTarget.value)}>
<option value="" selected=${!t}>${gi().whatIf.choose}</option>
${n.columns.map(e=>Qn`<option key=${e} value=${e} selected=${e===t}>${e}</option>`)}
</select></label
>`}var rl=["unavailable","deadline_exceeded","internal","unknown"],ol=class{constructor(e,t=Oa){this.accountId=e,this.calls=t,this.base=Me(null),this.draft=Me(null),this.theirs=Me(null),this.problem=Me(""),this.refused=Me({}),this.notice=Me(""),this.phase=Me(""),this.question=Me(null),this.preview=Me({state:"none"}),this.faults=Ue(()=>this.draft.value?Io(this.draft.value):{}),this.isValid=Ue(()=>cl(this.faults.value)&&cl(this.refused.value)),this.isChanged=Ue(()=>null!==this.base.value&&null!==this.draft.value&&!No(So(this.base.value),this.draft.value)),this.canSave=Ue(()=>this.isChanged.value&&this.isValid.value&&!this.phase.value&&!this.theirs.value),this.asking=null,this.timer=0,this.rereading=0,this.heardEtag="",this.isClosed=!1}async load(e){this.problem.value="";try{let t=await this.#o();this.#a(e?.base??t),e&&this.edit(e.draft),this.#i(t,"updated"),this.#t()}catch(e){Wa(e)||(this.problem.value=br(e))}}close(){this.isClosed=!0,this.#l()}edit(e){this.phase.value||(ge(()=>{this.draft.value={...this.draft.value,...e},"kept"!==this.notice.value&&(this.notice.value=""),this.problem.value="",this.refused.value={}}),this.#u())}toggle(){let e=this.draft.value;e.enabled?this.edit({enabled:!1,...Lo(So(this.base.value))}):this.edit({enabled:!0,awayAfter:e.awayAfter??(e.offlineAfter||e.disconnectAfter?null:go)})}discard(){this.#a(this.theirs.value??this.base.value)}restore(e){this.phase.value||this.theirs.value||(this.question.value={restoring:e,before:this.isChanged.value?this.draft.value??void 0:void 0},this.edit(So(e)))}answer(e){let t=this.question.value;if(this.question.value=null,e)return this.#s();t?.before?this.edit(t.before):t?.restoring&&this.discard()}heard({etag:e}){this.heardEtag=e,this.base.value?this.#t():this.problem.value&&this.load()}keepMine(){ge(()=>{this.base.value=this.theirs.value,this.theirs.value=null,this.notice.value="kept"}),this.#u()}async save(){if(!this.canSave.value)return;this.phase.value="checking",this.preview.value={...this.preview.value,state:"asking"},await this.#c(),this.phase.value="";let{state:e}=this.preview.value;this.canSave.value&&!this.isClosed&&"known"===e&&ll(this.preview.value)<=5?await this.#s():(this.canSave.value&&("known"===e||"failed"===e)&&(this.question.value={}),this.#t())}async#s(){if(this.canSave.value){this.phase.value="saving",this.#l();try{this.#a((await this.calls.updateWorkflow(this.#d())).workflow),this.notice.value="saved"}catch(e){if(Wa(e))return;ul(e)?await this.#e():await this.#r(e)}finally{this.phase.value=""}this.#t()}}async#e(){for(this.phase.value="uncertain";!this.isClosed;)try{let e=await this.#o();return void(e.etag===this.base.value?.etag?this.problem.value=gi().workflows.notSaved:this.#i(e,"saved"))}catch(e){if(Wa(e))return;await new Promise(e=>setTimeout(e,1500))}}async#r(e){this.question.value=null;try{e instanceof Rn&&"REVISION_CONFLICT"===e.reason?this.#i(await this.#o(),"updated"):this.#n(e)||(this.problem.value=br(e))}catch(e){Wa(e)||(this.problem.value=br(e))}}#n(e){if(!(e instanceof Rn)||"invalid_argument"!==e.code)return!1;let t={};for(let{field:n,description:a}of e.violations)n.endsWith("away_after")?t.awayAfter=a:n.endsWith("offline_after")?t.offlineAfter=a:n.includes("disconnect_")?t.disconnectAfter=a:n.endsWith("enabled")&&(t.enabled=a);return this.refused.value=t,!cl(t)}async#o(){return(await this.calls.getWorkflow({accountId:this.accountId})).workflow}async#t(){if([this.base.value?.etag,this.theirs.value?.etag,""].includes(this.heardEtag)||this.phase.value)return;let e=++this.rereading;try{let t=await this.#o();e===this.rereading&&!this.phase.value&&this.#i(t,"updated")}catch(e){Wa(e)||br(e)}}#i(e,t){if(e.etag!==this.base.value?.etag){if(!this.isChanged.value||No(So(e),this.draft.value))return this.#a(e),void(this.notice.value=t);this.#l(),ge(()=>{this.theirs.value=e,this.question.value=null,this.preview.value={state:"none"}})}}#a(e){e&&(this.#l(),ge(()=>{this.base.value=e,this.draft.value=So(e),this.theirs.value=null,this.question.value=null,this.problem.value="",this.refused.value={},this.notice.value="",this.preview.value={state:"none"}}))}#l(){clearTimeout(this.timer),this.asking?.abort()}#u(){this.#l(),this.canSave.value?(this.preview.value={...this.preview.value,state:"asking"},this.timer=setTimeout(()=>this.#c(),250)):this.preview.value={state:"none"}}async#c(){this.#l();let e=this.asking=new AbortController;try{let{impact:t}=await this.calls.updateWorkflow({...this.#d(),validateOnly:!0},{signal:e.signal});if(e.signal.aborted)return;this.preview.value={state:"known",impact:t},this.timer=setTimeout(()=>this.#c(),1e4)}catch(t){if(e.signal.aborted||kr(t)||Wa(t))return;let n=ul(t);this.preview.value={state:n?"failed":"none"},n?this.timer=setTimeout(()=>this.#c(),1e4):await this.#r(t)}}#d(){let[e,t]=[this.base.value,this.draft.value];return{workflow:To(this.accountId,t,e.etag),updateMask:{paths:ko}}}};function ll({state:e,impact:t}){return"known"===e&&t?Number(t.switchingToAway+t.switchingToOffline):0}function ul(e){return e instanceof Rn&&rl.includes(e.code)}function cl(e){return 0===Object.keys(e).length}function dl({form:e}){let t=gi().workflows,{state:n,impact:a}=e.preview.value,{draft:i,base:s}=e;if("none"===n)return null;let r=s.value?.enabled&&i.value&&!i.value.enabled;return Qn`<section class="preview" aria-live="polite" aria-busy=${"asking"===n}>
<h3>${t.previewTitle}</h3>
${"known"!==n&&Qn`<p class="hint">${"asking"===n?t.previewing:t.previewFailed}</p>`}
${a&&"failed"!==n&&Qn`<${hl} impact=${a} />`}
${r&&Qn`<p>${t.turnedOff} ${t.resume}: ${t.resumes[i.value?.resume]}.</p>`}
</section>`}function hl({impact:e}){let t=gi().workflows,[n,a]=[Number(e.switchingToAway),Number(e.switchingToOffline)],i=n+a-Math.min(8,e.switches.length),s=e.nextHour.map(e=>[Number(e.switchingToAway),Number(e.switchingToOffline)]),[r,o]=[0,1].map(e=>s.reduce((t,n)=>t+n[e],0));return Qn`<div class="effect">
<p>${n+a===0?t.nobodyNow:t.switching(n,a)}</p>
${e.switches.length>0&&Qn`<ul class="switches">
${e.switches.slice(0,8).map(e=>Qn`<li key=${e.userId}><${Gi}>${e.userId}<//> <${Ds} status=${e.status} /></li>`)}
${i>0&&Qn`<li class="hint">${gi().common.more(i)}</li>`}
</ul>`}
<p class="hint">${t.withinHour(r,o)}</p>
${r+o>0&&Qn`<ul class="quarters hint">
${s.map(([e,t],n)=>Qn`<li key=${n}>
${15*n}–${15*(n+1)} ${gi().units.min}: <strong>${_i(e+t)}</strong>
</li>`)}
</ul>`}
</div>`}function fl({form:e}){let t=gi().workflows,n=e.question.value,a=e.draft.value;if(!n||!a)return null;let{restoring:i,before:s}=n,r=ll(e.preview.value),o=zn(i?.updateTime),l=i?void 0===o?t.restoreFirst:t.restoreTitle(xi(o)):r?t.confirmTitle(r):t.blindTitle;return Qn`<${vl}
title=${l}
yes=${r?t.confirm(r):i?t.restore:t.save}
isReady=${e.canSave.value&&"asking"!==e.preview.value.state}
onAnswer=${t=>e.answer(t)}
>
${i&&Qn`<${jo} before=${e.base.value} after=${i} />`}
${s&&Qn`<p>${t.editsLost}</p>`}
<${dl} form=${e} />
${r>0&&Qn`<p>${t.resume}: ${t.resumes[a.resume]}.</p>`}
<//>`}function pl(){let e=gi().workflows;return la.value?Qn`<${vl} title=${e.leaveTitle} yes=${e.leave} no=${e.stay} isReady onAnswer=${ua}>
<p>${e.leaveText}</p>
<//>`:null}function vl({title:e,yes:t,no:n=gi().common.cancel,isReady:a,onAnswer:i,children:s}){return Qn`<${qi} title=${e} onClose=${()=>i(!1)} alert>
${s}
<div class="dialog-actions">
<button type="button" onClick=${()=>i(!1)} autofocus>${n}</button>
<button type="button" class="primary" disabled=${!a} onClick=${()=>i(!0)}>${t}</button>
</div>
<//>`}function ml({form:e}){let t=gi().workflows,n=Je(null),a=Je(""),i=Je(""),s=re(null),r=e.base.value?.etag,o=async t=>{s.current?.abort();let{signal:r}=s.current=new AbortController;i.value="";try{let i=await Oa.listWorkflowChanges({accountId:e.accountId,pageSize:20,pageToken:t},{signal:r});n.value=t?[...n.value??[],...i.changes]:i.changes,a.value=i.nextPageToken}catch(e){!kr(e)&&!Wa(e)&&(i.value=br(e))}};ie(()=>(o(""),()=>s.current?.abort()),[e,r]);let l=a.value?void 0:n.value?.at(-1)?.previousWorkflow;return Qn`<section class="card" aria-labelledby="settings-history">
<h2 id="settings-history">${t.history}</h2>
${!n.value&&!i.value&&Qn`<${ji} />`}
${0===n.value?.length&&Qn`<p class="hint">${t.historyEmpty}</p>`}
${null!==n.value&&n.value.length>0&&Qn`<table class="plain stacked settings-history">
<thead>
<tr>
<th scope="col">${t.when}</th>
<th scope="col">${t.who}</th>
<th scope="col">${t.what}</th>
<td></td>
</tr>
</thead>
<tbody>
${n.value.map(t=>Qn`<${yl} key=${String(t.revision)} change=${t} form=${e} />`)}
${l&&Qn`<tr>
<td colspan="3" class="hint">${t.beforeAll}</td>
<td class="end"><${$l} form=${e} workflow=${l} /></td>
</tr>`}
</tbody>
</table>`}
${i.value&&Qn`<${Wi}
kind="error"
actions=${Qn`<button type="button" onClick=${()=>o("")}>${gi().common.retry}</button>`}
>${i.value}<//
>`}
${a.value&&Qn`<button type="button" class="quiet" onClick=${()=>o(a.value)}>${t.moreHistory}</button>`}
</section>`}function yl({change:e,form:t}){let n=gi().workflows,{workflow:a,previousWorkflow:i}=e;return Qn`<tr>
<td><${Vi} ms=${zn(a?.updateTime)} /></td>
<td>
${a?.updatedBy?Qn`<${Gi}>${a.updatedBy}<//>`:n.unknownWho}
${a?.updateCaller&&Qn`<br /><span class="hint">(<${Gi}>${a.updateCaller}<//>)</span>`}
</td>
<td>
${i?Qn`<${jo} before=${i} after=${a} />`:n.unknownWho}
</td>
<td class="end"><${$l} form=${t} workflow=${a} /></td>
</tr>`}function $l({form:e,workflow:t}){let n=gi().workflows,a=e.base.value;if(!t||!a)return null;if(t.etag&&t.etag===a.etag)return Qn`<span class="hint">${n.inForce}</span>`;if(!ci("workflow.write")||No(So(t),So(a)))return null;let i=zn(t.updateTime),s=void 0===i?n.restoreFirst:n.restoreTitle(xi(i));return Qn`<button
type="button"
class="quiet"
disabled=${""!==e.phase.value||null!==e.theirs.value}
onClick=${()=>e.restore(t)}
>
${n.restore}<span class="visually-hidden"> (${s})</span>
</button>`}var gl=null;function _l(){let e=Da.value,t=oe(()=>new ol(e),[e]);ie(()=>{let n=Za.peek()?.name;t.load(gl?.accountId===e&&gl.who===n?gl:null),gl=null;let a=[He(()=>{let n=ds.value;n&&n.accountId===e&&be(()=>t.heard(n))}),He(()=>{oa.value=t.isChanged.value||""!==t.phase.value})];return()=>{let[i,s]=[t.base.peek(),t.draft.peek()];gl=oa.peek()&&i&&s?{accountId:e,who:n,base:i,draft:s}:null,oa.value=!1;for(let e of a)e();t.close()}},[t]);let{nav:n,workflows:a,common:i}=gi();return Qn`<p class="crumbs">${n.settings} <span aria-hidden="true">/</span> ${n.care}</p>
<h1>${a.title}</h1>
<${Es} />
${t.draft.value?Qn`<${wl} form=${t} draft=${t.draft.value} />
<${ml} form=${t} />
<${fl} form=${t} />
<${pl} />`:t.problem.value?Qn`<${Wi}
kind="error"
actions=${Qn`<button type="button" onClick=${()=>t.load()}>${i.retry}</button>`}
>${t.problem.value}<//
>`:Qn`<${ji} />`}`}function wl({form:e,draft:t}){let n=gi().workflows,a=ci("workflow.write");return Qn`<form class="card" onSubmit=${t=>{t.preventDefault(),e.save()}} novalidate aria-busy=${""!==e.phase.value}>
<div class="switch-row">
<div>
<h2 id="switch-name">${n.heading}</h2>
<p class="hint" id="switch-hint">${n.description}</p>
</div>
<button
type="button"
role="switch"
class="switch"
aria-checked=${t.enabled?"true":"false"}
aria-labelledby="switch-name"
aria-describedby="switch-hint"
disabled=${!a}
onClick=${()=>e.toggle()}
>
<span class="knob"></span>
</button>
</div>
${t.enabled&&Qn`<${Do}
draft=${t}
faults=${e.faults.value}
refused=${e.refused.value}
onChange=${t=>e.edit(t)}
disabled=${!a}
withGone
/>`}
<${bl} form=${e} draft=${t} disabled=${!a} />
<${kl} form=${e} draft=${t} />
<${dl} form=${e} />
${e.problem.value&&Qn`<${Wi} kind="error">${e.problem.value}<//>`}
${"uncertain"===e.phase.value&&Qn`<${Wi} kind="warn">${n.uncertain}<//>`}
${a?Qn`<${Sl} form=${e} />`:Qn`<${Wi}>${n.readOnly}<//>`}
</form>`}function bl({form:e,draft:t,disabled:n}){let a=gi().workflows,i=e.base.value;return Qn`<details class="advanced" open=${(i?.resume??1)>1||i?.keepManualAway}>
<summary>${a.advanced}</summary>
<fieldset disabled=${n}>
<legend>${a.resume}</legend>
${[1,3,2].map(n=>Qn`<label class="choice" key=${n}>
<input type="radio" name="resume" checked=${t.resume===n} onChange=${()=>e.edit({resume:n})} />
${a.resumes[n]}
</label>`)}
<p class="hint">${a.resumeHint}</p>
</fieldset>
<label class="choice">
<input
type="checkbox"
checked=${t.keepManualAway}
disabled=${n}
onChange=${()=>e.edit({keepManualAway:!t.keepManualAway})}
/>
${a.keep}
</label>
<p class="hint indented">${a.keepHint}</p>
</details>`}function kl({form:e,draft:t}){let n=gi().workflows,a=e.theirs.value;if(!a)return null;let i=e.isValid.value?To("",t,""):null;return Qn`<${Wi} kind="warn">
<p>${n.conflict(Ui(a.updatedBy),xi(zn(a.updateTime)??Date.now()))}</p>
<table class="plain">
<thead>
<tr>
<td></td>
<th scope="col">${n.inForce}</th>
<th scope="col">${n.mine}</th>
</tr>
</thead>
<tbody>
${Wo.map(e=>{let[t,s]=[Ho(a,e),i?Ho(i,e):"?"];return t===s?null:Qn`<tr key=${e}>
<th scope="row">${n.fields[e]}</th>
<td>${t}</td>
<td>${s}</td>
</tr>`})}
</tbody>
</table>
<div class="notice-actions">
<button type="button" onClick=${()=>e.discard()}>${n.takeTheirs}</button>
<button type="button" onClick=${()=>e.keepMine()}>${n.keepMine}</button>
</div>
<//>`}function Sl({form:e}){let t=gi().workflows,n=e.base.value,a=Ui(n?.updatedBy??""),i=zn(n?.updateTime),s={checking:()=>t.previewing,saving:()=>t.saving,uncertain:()=>"",saved:()=>t.saved,kept:()=>t.kept(a),updated:()=>t.updated(a),"":()=>void 0===i?"":t.lastChange(xi(i),a)};return Qn`<div class="form-footer">
<p class="hint ${e.notice.value}" role="status">${s[e.phase.value||e.notice.value]()}</p>
${e.isChanged.value&&!e.phase.value&&!e.theirs.value&&Qn`<button type="button" onClick=${()=>e.discard()}>${t.discard}</button>`}
<button type="submit" class="primary" disabled=${!e.canSave.value}>${t.save}</button>
</div>`}var Tl=[{page:"board",icon:"board",isOpen:()=>hi.value||""!==di.value},{page:"history",icon:"history",isOpen:()=>ci("status.read")},{page:"what-if",icon:"whatIf",isOpen:()=>ci("workflow.read")},{page:"workflows",icon:"settings",isOpen:()=>ci("workflow.read")}],Il=e=>"person"===e?"board":e;function Nl(){ie(()=>{let e=setInterval(Ba,3e3);return()=>clearInterval(e)},[]);let{errors:e,common:t}=gi();return Qn`<main class="alone">
<div class="card narrow" role="alert">
<${Pi} />
<h1>${e.unreachable}</h1>
<p class="hint">${e.unreachableHint}</p>
<button type="button" class="wide" onClick=${Ba}>${t.retry}</button>
</div>
</main>`}function Al(){let{nav:e}=gi(),{page:t,rest:n}=ca.value,a=[Da.value,t,...n].join("/"),i=re(a),s={board:di.value?e.own:e.board,history:e.history,"what-if":e.whatIf,workflows:e.settings},r="board"===t&&di.value?"person":t,o="board"===t&&!Tl[0].isOpen();return ie(()=>{let e=Tl.find(({isOpen:e})=>e());o&&e&&va(ha(e.page))},[o]),ie(()=>{let e="person"===t?n[0]:s[t];document.title=[e??"",Da.value,"onduty"].filter(Boolean).map(Fi).join(" · ")}),ie(()=>{i.current!==a&&Cl(),i.current=a},[a]),Qn`<div class="frame">
<a class="skip" href="#main" onClick=${Cl}>${e.skip}</a>
<header class="side">
<${Pi} />
<nav aria-label=${e.label}>
${Tl.filter(({isOpen:e})=>e()).map(e=>Qn`<a key=${e.page} href=${ha(e.page)} aria-current=${Il(t)===e.page?"page":null}>
<${Ri} name=${e.icon} /><span>${s[e.page]}</span>
</a>`)}
</nav>
<div class="corner"><${Ml} /></div>
</header>
<div class="content">
<section class="bar" aria-label=${e.account}><${Xi} /><${Cs} /><${xl} /></section>
<main id="main" tabindex="-1" class=${`page-${r}`} key=${`${Da.value}/${t}`}><${El} /></main>
</div>
</div>`}function Cl(e){e?.preventDefault(),document.getElementById("main")?.focus()}function El(){let{page:e,rest:t}=ca.value,n=Tl.find(t=>t.page===Il(e));if(!n)return Qn`<${Hi} isPage title=${gi().errors.noPage}><a href=${ha("board")}>${gi().person.back}</a><//>`;if(!n.isOpen())return Qn`<${Hi} isPage title=${gi().errors.denied} />`;if("board"===n.page&&di.value)return Qn`<${ho} id=${di.value} />`;switch(e){case"history":return Qn`<${Qr} />`;case"what-if":return Qn`<${il} />`;case"workflows":return Qn`<${_l} />`;case"person":return Qn`<${ro} id=${t[0]??""} key=${t[0]} />`;default:return Qn`<${Dr} />`}}function xl(){let e=Je(!1),t=re(null),n=re(null);return ie(()=>{if(!e.value)return;let n=n=>{t.current?.contains(n.target)||(e.value=!1)},a=["pointerdown","focusin"];for(let e of a)document.addEventListener(e,n);return()=>{for(let e of a)document.removeEventListener(e,n)}},[e.value]),Qn`<div ref=${t} class="menu" onKeyDown=${t=>{"Escape"!==t.key||!e.value||(e.value=!1,n.current?.focus())}}>
<button
ref=${n}
type="button"
class="icon-button"
aria-label=${gi().nav.menu}
aria-expanded=${e.value?"true":"false"}
onClick=${()=>e.value=!e.value}
>
<${Ri} name="person" />
</button>
${e.value&&Qn`<div class="corner card"><${Ml} />${li.value&&Qn`<a href="#/">${gi().nav.changeAccount}</a>`}</div>`}
</div>`}function Ml(){let{nav:e}=gi();return Qn`${Aa.value?Qn`<p class="who"><${Ri} name="person" /><${Gi}>${Za.value?.name??""}<//></p>
<button type="button" class="quiet" onClick=${Pa}>${e.signOut}</button>`:Za.value&&!Za.value.authenticated?Qn`<label class="own-name">
<span class="hint">${e.you}</span>
<input
value=${Ca.value}
placeholder=${e.noName}
maxlength="128"
autocomplete="name"
onChange=${e=>Ha(e.currentTarget.value)}
/>
</label>`:Qn`<p class="who"><${Ri} name="person" /><${Gi}>${Za.value?.name??""}<//></p>`}
<${bi} />`}var Ll=document.getElementById("app");await wi([na.get(pi)??"",...navigator.languages].map(e=>e.split("-")[0]).find(e=>e in vi)??"en"),Ll.replaceChildren(),function(t,n){var a,i,s,r;e.__&&e.__(t,n),9==n.nodeType&&(n=n.documentElement),i=(a=t&&32&t.__u)?null:n.__k,n.__k=_(w,{children:[t]}),s=[],r=[],L(n,n.__k,i||h,h,n.namespaceURI,i?null:n.firstChild?m.call(n.childNodes):null,s,i?i.__e:n.firstChild,a,r),F(s,n.__k,r),n.__k.props.children=null}(Qn`<${function(){switch(ie(()=>{document.documentElement.lang=yi.value},[yi.value]),Ta.value){case"loading":return Qn`<main class="boot"><h1><img src="icon.svg" alt=${gi().common.loading} width="48" height="48" /></h1></main>`;case"leaving":return Qn`<main class="alone"><${Wi} kind="warn">${gi().signIn.again}<//></main>`;case"unreachable":return Qn`<${Nl} />`;case"signed-out":return Qn`<${fo} />`;default:return Da.value&&fi.value?Qn`<${Al} />`:Qn`<${Yi} />`}}} />`,Ll),Fa.ask=async function(){Za.value=null,Qa.value=[],ai="";let e=(await Oa.getCaller({})).caller??null,t=e?.name??"";null!==ii&&t!==ii&&location.reload(),ii=t,Za.value=e,await ri()},Ba();